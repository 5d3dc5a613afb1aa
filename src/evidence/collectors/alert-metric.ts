import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { A_PROMETHEUS, AlertArgument, BoundArgument, boundTo, Plain, plainly } from './arguments.ts';

/** More alerts than this are not drawn one by one. */
const MOST = 4;

const Arguments = Plain.extend({
  alerts: z.array(z.strictObject({ alert: AlertArgument, bound: BoundArgument.nullable() })).max(MOST),
});
export type AlertMetricArguments = z.infer<typeof Arguments>;

export const alertMetric = {
  name: 'alert metric',
  kind: 'metric',
  reads: 'the metric behind each alert, at the Prometheus that evaluates its rule',
  instrument: 'whatever measured the series that the rule reads',
  arguments: Arguments,
  lacks: (_service, { prometheus }) => (prometheus ? null : A_PROMETHEUS),
  ask: (inquiry) =>
    inquiry.alerts.length === 0
      ? null
      : {
          ...plainly(inquiry),
          alerts: inquiry.alerts.slice(0, MOST).map((alert) => ({ alert, bound: boundTo(alert, inquiry) })),
        },
} as const satisfies Declaration<AlertMetricArguments>;
