import { code, lines, say, strong } from '../../lib/text/text.ts';
import { FORMS } from './read-heal.ts';

/** `/heal help`: every form, and what needs no typing. */
export const HELP = lines([
  'Medic looks into alerts, names the cause and mends it; where it must not decide alone, it asks you.',
  strong('Mend'),
  say`• ${code(FORMS.run)} runs a playbook, through the same gates as always; ${code('/heal list')} shows them`,
  strong('Look'),
  say`• ${code('/diagnose <service>')}, or what you see in your own words: looks, and changes nothing`,
  say`• ${code('/heal status')}: what is open and what it waits for`,
  say`• ${code(FORMS.history)}: how the last incidents ended`,
  strong('Hold back'),
  say`• ${code('/heal pause')} lets nothing new start anywhere, ${code('/heal resume')} ends that`,
  say`• ${code(FORMS.mode)}: how much Medic does by itself; ${code('/heal mode')} shows it`,
  say`• ${code(FORMS.silence)}: alerts are diagnosed, and nothing is done, e.g. ${code('/heal silence checkout 2h deploy')}`,
  say`• ${code('/heal silences')} shows what is silenced, ${code(FORMS.unsilence)} ends it`,
  say`• ${code(FORMS.reset)} lets automation act again where too many fixes did not help`,
  strong('Without typing'),
  '• the buttons on a card: Approve, Reject, Run now, Hold, Cancel, Stop; ❌ on a card cancels as well',
  '• mention me in the thread of an incident and ask, e.g. “what changed before this?”',
  '• my Home tab shows all of it at a glance, and what waits for you',
]);
