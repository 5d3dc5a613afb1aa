import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';

/** The services that may be named, for one who named another. */
export function servicesIn(settings: Settings): string {
  const services = Object.keys(settings.services).map((name) => `\`${name}\``);
  return services.length > 0
    ? `Services I know: ${services.join(', ')}.`
    : 'I know no services yet: name them in `medic.yml`.';
}

/** What a person wrote, as code: nothing in it is read by Slack. */
export function quoted(text: string): string {
  const line = text.replace(/[`<>\s]+/g, ' ').trim();
  return `\`${line.length > 80 ? `${line.slice(0, 79)}…` : line || '–'}\``;
}

/** A day and time in the reader's zone, and in UTC where the reader's Slack cannot. */
export function dayAndTime(at: number): string {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc} UTC>`;
}

/** Where to read on; empty while Slack does not show it. */
export function threadOf(incident: Incident | null): string {
  if (incident === null || incident.thread === null) return '';
  return `Thread: <#${incident.thread.channel}>`;
}
