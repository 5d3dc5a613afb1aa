import { useEffect, useState } from 'preact/hooks';
import { html } from './html.js';
import { fillDate } from './time.js';

/**
 * A moment in the reader's own time zone. A relative one ("3 minutes ago") is kept true while it is looked at.
 * @param {{seconds: number, template: string, url?: string, fallback: string}} props
 */
export function SlackDate({ seconds, template, url, fallback }) {
  const [, tick] = useState(0);
  const isRelative = template.includes('{ago}');
  useEffect(() => {
    if (!isRelative) return;
    const timer = setInterval(() => tick((count) => count + 1), 5000);
    return () => clearInterval(timer);
  }, [isRelative]);
  const date = new Date(seconds * 1000);
  const text = fillDate(seconds, template) ?? fallback;
  if (Number.isNaN(date.getTime())) return html`<span>${text}</span>`;
  const time = html`<time dateTime=${date.toISOString()} title=${date.toLocaleString()}>${text}</time>`;
  return url && /^https?:/.test(url)
    ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${time}</a>`
    : time;
}
