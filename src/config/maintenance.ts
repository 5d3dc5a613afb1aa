import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { Duration } from '../lib/schema/schemas.ts';

const CRON_HINT = "write minute, hour, day of month, month and weekday, e.g. cron: '0 2 * * 0'";

/** A time with its offset, read as epoch milliseconds. */
const Moment = z.iso
  .datetime({ offset: true, error: 'write a time with its offset, e.g. 2026-12-01T22:00:00+01:00' })
  .transform((text) => Date.parse(text));

export const Timezone = z
  .string()
  .refine(isTimezone, 'is no time zone: write one of the IANA database, e.g. Europe/Berlin');

const Written = z.strictObject({
  name: z.string().min(1).max(80),
  reason: z.string().min(1).max(200).nullable().default(null),
  /** Registered services; without any, everything. */
  services: z.array(z.string()).min(1).nullable().default(null),
  environment: z.string().min(1).nullable().default(null),
  from: Moment.optional(),
  to: Moment.optional(),
  cron: z.string().optional(),
  duration: Duration.optional(),
  timezone: Timezone.optional(),
});

/** When a window opens, and for how long: once, or at every time that a cron expression names. Milliseconds. */
export type MaintenanceTimes =
  | { readonly kind: 'once'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'recurring';
      readonly cron: string;
      readonly duration: number;
      readonly timezone: string;
    };

/** A time in which Medic looks and tells, but does not act. */
export const MaintenanceWindow = Written.transform((written, context) => {
  const { from, to, cron, duration, timezone, ...window } = written;
  const times = timesOf(written, (path, message) => {
    context.addIssue({ code: 'custom', path: path === null ? [] : [path], message, input: written });
  });
  return times === null ? z.NEVER : { ...window, times };
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

type Refuse = (path: 'to' | 'cron' | 'duration' | 'timezone' | null, message: string) => void;

function timesOf(
  { from, to, cron, duration, timezone }: z.infer<typeof Written>,
  refuse: Refuse,
): MaintenanceTimes | null {
  const once = from !== undefined || to !== undefined;
  const recurring = cron !== undefined || duration !== undefined;
  if (once === recurring || (once ? from === undefined || to === undefined : cron === undefined)) {
    refuse(null, "write either from and to, or cron and duration, e.g. cron: '0 2 * * 0', duration: 2h");
    return null;
  }
  if (from !== undefined && to !== undefined) {
    if (timezone !== undefined) refuse('timezone', 'belongs to cron: from and to have their own offset');
    if (to <= from) refuse('to', 'must be later than from');
    return { kind: 'once', from, to };
  }
  if (duration === undefined || duration === 0) {
    refuse('duration', 'say how long the window is open, e.g. duration: 2h');
    return null;
  }
  const zone = timezone ?? 'UTC';
  const trouble = troubleWith(cron ?? '');
  if (trouble !== null) refuse('cron', trouble);
  return { kind: 'recurring', cron: cron ?? '', duration, timezone: zone };
}

/** What is wrong with a cron expression, or null. */
function troubleWith(cron: string): string | null {
  if (cron.trim().split(/\s+/).length !== 5) return `has not five fields: ${CRON_HINT}`;
  // The parser draws lots for H, and every replica would draw another.
  if (cron.includes('H')) return `may not leave a time to chance: ${CRON_HINT}`;
  try {
    CronExpressionParser.parse(cron, { currentDate: 0, tz: 'UTC' }).next();
    return null;
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message : String(error)}): ${CRON_HINT}`;
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/** Whatever the list of windows names that is not there, or names twice, by its path within the settings. */
export function conflictsOf(
  windows: readonly MaintenanceWindow[],
  services: Readonly<Record<string, { readonly environment: string }>>,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  return windows.flatMap((window, index) => {
    const at = ['maintenance', index] as const;
    const twice = windows.findIndex(({ name }) => name === window.name) < index;
    return [
      ...(twice
        ? [{ path: [...at, 'name'], message: `"${window.name}" is the name of another window` }]
        : []),
      ...(window.services ?? []).flatMap((name, place) => {
        const message = conflictOf(name, window.environment, services);
        return message === null ? [] : [{ path: [...at, 'services', place], message }];
      }),
    ];
  });
}

function conflictOf(
  name: string,
  environment: string | null,
  services: Readonly<Record<string, { readonly environment: string }>>,
): string | null {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined)
    return `"${name}" is no registered service: ${Object.keys(services).join(', ') || 'services names none'}`;
  if (environment === null || environment === service.environment) return null;
  return `"${name}" is registered in ${service.environment}, not in ${environment}`;
}
