import { FORMS } from '../intake/command.ts';

/** `/heal help`: every form, and what needs no typing. */
export const HELP = [
  'Medic looks into alerts, names the cause and mends it; where it must not decide alone, it asks you.',
  '*Mend*',
  `• ${FORMS.run} runs a playbook, through the same gates as always; \`/heal list\` shows them`,
  '*Look*',
  '• `/diagnose <service>`, or what you see in your own words: looks, and changes nothing',
  '• `/heal status`: what is open and what it waits for',
  `• ${FORMS.history}: how the last incidents ended`,
  '*Hold back*',
  '• `/heal pause` lets nothing new start anywhere, `/heal resume` ends that',
  `• ${FORMS.mode}: how much Medic does by itself; \`/heal mode\` shows it`,
  `• ${FORMS.silence}: alerts are diagnosed, and nothing is done, e.g. \`/heal silence checkout 2h deploy\``,
  `• \`/heal silences\` shows what is silenced, ${FORMS.unsilence} ends it`,
  `• ${FORMS.reset} lets automation act again where too many fixes did not help`,
  '*Without typing*',
  '• the buttons on a card: Approve, Reject, Run now, Hold, Cancel, Stop; :x: on a card cancels as well',
  '• mention me in the thread of an incident and ask, e.g. _what changed before this?_',
  '• my Home tab shows all of it at a glance, and what waits for you',
].join('\n');
