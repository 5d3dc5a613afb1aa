import type { Page, Signal } from '../../notify/page.ts';
import type { Pager } from '../../notify/pager.ts';
import { post } from './post.ts';

export interface PagerDutyOptions {
  /** Where its Events API v2 is, without a path. */
  readonly url: string;
  readonly routingKey: string;
  /** How long an answer may take, milliseconds. */
  readonly timeout?: number;
}

/** What PagerDuty takes of other texts than a summary; it cuts what is longer. */
const TEXT = 255;

/** PagerDuty, by its Events API v2. An incident is one alert there, known by the incident's id, however often it is told of it. */
export function createPagerDuty({ url, routingKey, timeout }: PagerDutyOptions): Pager {
  return {
    name: 'pagerduty',
    send: (signal, page) =>
      post({
        url: `${url.replace(/\/+$/, '')}/v2/enqueue`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          routing_key: routingKey,
          event_action: signal,
          dedup_key: page.incident,
          ...(signal === 'trigger' ? triggering(page) : {}),
        }),
        name: 'PagerDuty',
        timeout,
      }),
  } satisfies Pager & { send(signal: Signal, page: Page): Promise<void> };
}

function triggering(page: Page): object {
  const { links } = page;
  return {
    client: 'Medic',
    ...(links[0] === undefined ? {} : { client_url: links[0].href }),
    links,
    payload: {
      summary: page.summary,
      source: cut(page.service),
      severity: page.severity,
      timestamp: new Date(page.since).toISOString(),
      component: cut(page.service),
      group: cut(page.environment),
      ...(page.alerts[0] === undefined ? {} : { class: cut(page.alerts[0]) }),
      custom_details: {
        incident: page.incident,
        reason: page.reason,
        ...(page.cause === null ? {} : { cause: page.cause }),
        alerts: page.alerts,
      },
    },
  };
}

/** Never through the middle of a character. */
function cut(text: string): string {
  return text.slice(0, TEXT).toWellFormed();
}
