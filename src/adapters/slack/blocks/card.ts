import type { KnownBlock } from '@slack/types';
import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
import { currentPlan, type Decided, firingAlerts, type Incident } from '../../../incident/incident.ts';
import type { Alert } from '../../../intake/alert.ts';
import { buttonsOf } from './buttons.ts';
import { alertCounts, namesIn } from './crowd.ts';
import { clip, fitBlocks, LIMITS } from './limits.ts';
import { companyOf, hostLine } from './links.ts';
import { figures, nextStep } from './next-step.ts';
import type { Host, Message, ServiceCard } from './service.ts';
import { headingOf, SEVERITY, statusOf } from './status.ts';
import {
  code,
  context,
  counted,
  link,
  mrkdwn,
  oneLine,
  safeUrl,
  section,
  sentence,
  span,
  sureness,
  time,
  words,
} from './text.ts';

/**
 * The one message a person half asleep reads: what is broken, why, how sure, what happens next and when, and what a thumb
 * can do about it.
 *
 * @param view.now epoch milliseconds of record, for the countdown
 * @param view.buttons false while the thread does not yet show what the buttons are about
 */
export function card(
  incident: Incident,
  view: {
    readonly now: number;
    readonly service?: ServiceCard | null;
    readonly host?: Host | null;
    readonly buttons?: boolean;
  },
): Message {
  const status = headingOf(incident);
  const name = oneLine(view.service?.name ?? incident.subject.name) || 'unnamed';
  const severity = SEVERITY[incident.severity];
  const next = nextStep(incident, view.now);
  const blocks: KnownBlock[] = [
    {
      type: 'header',
      text: {
        type: 'plain_text',
        text: `${status.emoji} ${status.word}: ${clip(name, LIMITS.header - 50)}`,
        emoji: true,
      },
    },
    section(`${severity.emoji} *${severity.word}* · ${words(incident.title, 400)}`, ...broken(incident)),
    ...why(incident),
    ...what(currentPlan(incident)),
    ...(next.length > 0 ? [section(`*Next:* ${next[0]}`, ...next.slice(1))] : []),
    ...ending(incident),
    ...context(...hostLine(incident, view.host ?? null), ...companyOf(incident)),
  ];
  const last = [
    ...(view.buttons === false ? [] : buttonsOf(incident)),
    ...smallPrint(incident, view.service ?? null),
  ];
  return { text: notification(incident, status.word, name), blocks: fitBlocks(blocks, last) };
}

function notification(incident: Incident, status: string, name: string): string {
  return clip(
    `${status}: ${words(name, 100)} (${incident.severity}). ${words(incident.title, 300)}`,
    LIMITS.fallback,
  );
}

function broken(incident: Incident): string[] {
  const firing = firingAlerts(incident);
  const all = Object.values(incident.alerts).map((attached) => attached.alert);
  if (incident.subject.kind === 'storm' || incident.crowd.total > 0) return crowded(incident);
  const said = sentenceOf(firing[0] ?? all[0]);
  const since = Math.min(...(firing.length > 0 ? firing : all).map((alert) => alert.startsAt));
  return [
    ...(said === '' || said === words(incident.title, 400) ? [] : [said]),
    ...(firing.length > 0 ? [`${counted(firing.length, 'alert')} firing since ${time(since)}`] : []),
    ...(firing.length === 0 && all.length > 0
      ? [`no alert is firing any more (${counted(all.length, 'alert')} resolved)`]
      : []),
  ];
}

/** More alerts than anybody reads: how many there are, and of what. */
function crowded(incident: Incident): string[] {
  const { total, firing } = alertCounts(incident);
  return [
    `*${counted(total, 'alert')}*, ${firing > 0 ? `${firing} of them firing` : 'none of them firing any more'}`,
    namesIn(incident).join(' · '),
  ];
}

function sentenceOf(alert: Alert | undefined): string {
  return words(alert?.annotations.summary ?? alert?.annotations.description ?? '', 400);
}

function why({ diagnosis, phase }: Incident): KnownBlock[] {
  if (diagnosis === null) return [];
  const best = diagnosis.hypotheses[0];
  if (diagnosis.conclusion.kind === 'cause' && best) {
    return [
      section(
        `*Cause:* ${words(best.cause, 500)}`,
        `*${sureness(best.confidence)}* · ${witnessCount(best.witnesses.length)}`,
      ),
    ];
  }
  return phase.at === 'closed' ? [] : [section(...unknown(diagnosis))];
}

function witnessCount(count: number): string {
  return count === 1 ? '1 witness' : `${count} independent witnesses`;
}

function unknown(diagnosis: Diagnosis): string[] {
  const reason =
    diagnosis.conclusion.kind === 'abstained' ? diagnosis.conclusion.reason : 'no cause stands on evidence';
  const best = diagnosis.hypotheses[0];
  const lead = diagnosis.lead ?? (best ? `${best.cause} (only ${sureness(best.confidence)})` : null);
  return [
    `*Cause:* not known: ${words(reason, 400)}`,
    ...(lead === null ? [] : [`*Best lead:* ${words(lead, 400)}`]),
  ];
}

function what(decided: Decided | null): KnownBlock[] {
  if (decided === null) return [];
  const { plan, verdict } = decided;
  const targets = plan.targets.slice(0, 5).map((target) => code(target, 80));
  const more = plan.targets.length > 5 ? ` and ${plan.targets.length - 5} more` : '';
  return [
    section(
      `*Fix:* ${words(plan.title, 150)} (${code(plan.playbook, 60)}) on ${targets.join(', ')}${more}${values(decided)}`,
      `*Tier ${verdict.tier.effective}*${tierReason(decided)}`,
    ),
  ];
}

/** The values that the targets do not show already, such as the release that would run. */
function values({ plan }: Decided): string {
  const telling = Object.entries(plan.parameters).filter(
    ([, { value }]) => !plan.targets.some((target) => target === value || target.endsWith(`/${value}`)),
  );
  if (telling.length === 0) return '';
  return ` with ${telling
    .slice(0, 4)
    .map(([name, { value }]) => code(`${name}=${value}`, 100))
    .join(', ')}`;
}

function tierReason({ verdict }: Decided): string {
  const { tier } = verdict;
  if (tier.raisedBy.length > 0) {
    return `, raised from ${tier.declared}: ${tier.raisedBy
      .slice(0, 4)
      .map((step) => words(step, 160))
      .join('; ')}`;
  }
  const reason = words(verdict.reasons[0] ?? '', 240);
  return reason === '' ? '' : `: ${reason}`;
}

function ending(incident: Incident): KnownBlock[] {
  if (incident.phase.at !== 'closed') return [];
  const { milestones, phase } = incident;
  const took = milestones.closed === null ? '' : ` in ${span(milestones.closed - milestones.opened)}`;
  return [
    section(
      `*${statusOf(phase).word}${took}:* ${sentence(phase.reason, 600)}`,
      figures(milestones, phase.how).join(' · '),
    ),
  ];
}

function smallPrint(incident: Incident, service: ServiceCard | null): KnownBlock[] {
  const links = linksOf(incident, service);
  const about = `${code(incident.id, 80)} · ${words(incident.subject.environment, 60)} · opened ${time(incident.milestones.opened, 'day')}`;
  return [
    ...(links.length > 0
      ? [{ type: 'context' as const, elements: links.slice(0, LIMITS.contextElements).map(mrkdwn) }]
      : []),
    ...context(about),
  ];
}

/** Links a person may want: runbook and dashboards from the registry and the alerts, and the alert at its source. */
function linksOf(incident: Incident, service: ServiceCard | null): string[] {
  const alert = firingAlerts(incident)[0] ?? Object.values(incident.alerts)[0]?.alert;
  const notes = alert?.annotations ?? {};
  const candidates: readonly (readonly [string, string, string | null | undefined])[] = [
    [':book:', 'Runbook', notes.runbook_url ?? notes.runbook],
    ...(service?.dashboards ?? [])
      .slice(0, 4)
      .map((url, index) => [':bar_chart:', `Dashboard${index > 0 ? ` ${index + 1}` : ''}`, url] as const),
    [':bar_chart:', 'Alert dashboard', notes.dashboard_url ?? notes.dashboard],
    [':bell:', 'Alert', alert?.link],
  ];
  return candidates
    .filter(([, , url]) => safeUrl(url) !== null)
    .map(([emoji, label, url]) => `${emoji} ${link(url, label)}`);
}
