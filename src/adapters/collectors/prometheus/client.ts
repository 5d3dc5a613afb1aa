import { parse } from 'yaml';
import { z } from 'zod';
import type { Series } from '../../../evidence/evidence.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { readCapped } from '../../http-body.ts';

/** Prometheus could not be asked, or said no. The message says which address, what it answered and why. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
  /** The HTTP status, or null when no answer came. */
  readonly status: number | null;
  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** One value of an instant query. `at` is the time of evaluation, not of the sample; epoch milliseconds. */
export interface InstantValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: number;
}

export interface RangeWindow {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds. */
  readonly step: number;
}

export interface PrometheusOptions {
  /** Base address; credentials in it are sent as basic authentication. */
  readonly url: string;
  /** Milliseconds per request. */
  readonly timeout: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch;
}

/** The read-only part of Prometheus's HTTP API that Medic uses. Every method throws PrometheusError. */
export interface Prometheus {
  /** The base address, without credentials. */
  readonly url: string;
  /** Evaluates an expression at `time` (epoch milliseconds), by default now by Prometheus's own clock. */
  query(expression: string, signal?: AbortSignal, time?: number): Promise<readonly InstantValue[]>;
  queryRange(expression: string, window: RangeWindow, signal?: AbortSignal): Promise<readonly Series[]>;
  /** The samples of a selector themselves, each with the time at which it was taken. */
  samples(
    selector: string,
    window: Pick<RangeWindow, 'from' | 'to'>,
    signal?: AbortSignal,
  ): Promise<readonly Series[]>;
  /** The alerting rules with their active alerts: those of these names, where the server can leave the others out, or every one. */
  alertRules(signal?: AbortSignal, names?: readonly string[]): Promise<readonly AlertRule[]>;
  /** Every rule that it evaluates, by its group: alerting ones without their alerts, and recording ones. */
  allRules(signal?: AbortSignal): Promise<readonly RuleGroup[]>;
  /** What it calls itself in links, and the labels that it adds to every alert; null where it does not tell. */
  self(signal?: AbortSignal): Promise<Self>;
}

export interface Self {
  readonly externalUrl: string | null;
  readonly externalLabels: Readonly<Record<string, string>> | null;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** An address may not become arbitrarily long. */
const MOST_NAMES = 20;

const Labels = z.record(z.string(), z.string());
const Point = z
  .tuple([z.number(), z.string()])
  .transform(([seconds, text]) => [Math.round(seconds * 1000), numberOf(text)] as const);

const InstantAnswer = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: Labels, value: Point })) }),
  z.object({ resultType: z.literal('scalar'), result: Point }),
]);
const RangeAnswer = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: Labels, values: z.array(Point) })),
});

const RuleAlert = z.object({
  labels: Labels,
  state: z.enum(['firing', 'pending', 'inactive']),
  /** RFC 3339: since when its condition holds. */
  activeAt: z.string().optional(),
});
const AlertRule = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  query: z.string(),
  labels: Labels.default({}),
  /** For how long its condition must hold before it fires, seconds. */
  duration: z.number().nonnegative().default(0),
  /** For how long it goes on firing after its condition holds no more, seconds. */
  keepFiringFor: z.number().nonnegative().optional(),
  health: z.string(),
  lastError: z.string().optional(),
  /** RFC 3339; the year 1 before the first evaluation. */
  lastEvaluation: z.string(),
  alerts: z.array(RuleAlert).default([]),
});
/** An alerting rule with its active alerts, and how often it is evaluated in milliseconds, where the server tells. */
export type AlertRule = z.infer<typeof AlertRule> & { readonly interval: number | null };
/** Not every server leaves the recording rules out when it is asked for the alerting ones. */
const RulesAnswer = z.object({
  groups: z.array(
    z.object({
      interval: z.number().nonnegative().optional(),
      rules: z.array(z.union([AlertRule, z.object({ type: z.literal('recording') })])),
    }),
  ),
});

const RuleGroup = z.object({
  name: z.string(),
  rules: z.array(
    z.discriminatedUnion('type', [
      AlertRule,
      z.object({
        type: z.literal('recording'),
        name: z.string(),
        query: z.string(),
        labels: Labels.default({}),
      }),
    ]),
  ),
});
/** A group of rules as the server has loaded it. */
export type RuleGroup = z.infer<typeof RuleGroup>;
const AllRulesAnswer = z.object({ groups: z.array(RuleGroup) });

const FlagsAnswer = z.object({ 'web.external-url': z.string().optional() });
const ConfigAnswer = z.object({ yaml: z.string() });
const GlobalSection = z.object({ global: z.object({ external_labels: Labels.optional() }).nullish() });

const Envelope = z.union([
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), errorType: z.string().default(''), error: z.string().default('') }),
]);

/** Creates a client. Nothing is asked yet. Throws when the address is no URL. */
export function createPrometheus(options: PrometheusOptions): Prometheus {
  const { base, authorization } = readAddress(options.url);
  const headers = { ...authorization, ...options.headers };
  const fetch = options.fetch ?? globalThis.fetch;

  async function ask<T>(
    shape: z.ZodType<T>,
    path: string,
    form: Record<string, string> | null,
    signal?: AbortSignal,
  ): Promise<T> {
    const url = `${base}${path}`;
    const limit = AbortSignal.timeout(options.timeout);
    const init: RequestInit = {
      method: form === null ? 'GET' : 'POST',
      // An answer to a query is small, asked for by the dozen, and waited for: unpacking it takes longer than its way.
      headers: form === null ? headers : { ...headers, 'accept-encoding': 'identity' },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(form === null ? {} : { body: new URLSearchParams(form) }),
    };
    const { status, text } = await fetch(url, init)
      .then(async (response) => ({ status: response.status, text: await readCapped(response, MAX_BYTES) }))
      .catch((cause: unknown) => {
        throw new PrometheusError(
          `Prometheus at ${base} gave no answer: ${whyNot(cause, options.timeout)}`,
          null,
          { cause },
        );
      });
    return read(shape, url, status, text);
  }

  return {
    url: base,
    async query(expression, signal, time) {
      const form = { query: expression, ...(time === undefined ? {} : { time: String(time / 1000) }) };
      const answer = await ask(InstantAnswer, '/api/v1/query', form, signal);
      const rows = answer.resultType === 'scalar' ? [{ metric: {}, value: answer.result }] : answer.result;
      return rows.map(({ metric, value: [at, value] }) => ({ labels: metric, value, at }));
    },
    async queryRange(expression, { from, to, step }, signal) {
      const form = {
        query: expression,
        start: String(from / 1000),
        end: String(to / 1000),
        step: String(step / 1000),
      };
      const { result } = await ask(RangeAnswer, '/api/v1/query_range', form, signal);
      return result.map(({ metric, values }) => ({ labels: metric, points: values }));
    },
    async samples(selector, { from, to }, signal) {
      const form = { query: `${selector}[${Math.max(1, Math.round(to - from))}ms]`, time: String(to / 1000) };
      const { result } = await ask(RangeAnswer, '/api/v1/query', form, signal);
      return result.map(({ metric, values }) => ({ labels: metric, points: values }));
    },
    async alertRules(signal, names = []) {
      const only =
        names.length > MOST_NAMES ? [] : names.map((name): [string, string] => ['rule_name[]', name]);
      const query = new URLSearchParams([['type', 'alert'], ...only]);
      const { groups } = await ask(RulesAnswer, `/api/v1/rules?${query}`, null, signal);
      return groups.flatMap(({ interval, rules }) =>
        rules
          .filter((rule) => rule.type === 'alerting')
          .map((rule) => ({ ...rule, interval: interval === undefined ? null : interval * 1000 })),
      );
    },
    async allRules(signal) {
      // A server that does not know this option tells of the alerts as well.
      return (await ask(AllRulesAnswer, '/api/v1/rules?exclude_alerts=true', null, signal)).groups;
    },
    async self(signal) {
      const told = <T>(shape: z.ZodType<T>, path: string) =>
        ask(shape, path, null, signal).catch((error: unknown) => {
          // Whoever answers, but not with this, has no such page; whoever does not answer may tell another time.
          if (error instanceof PrometheusError && error.status !== null && error.status < 500) return null;
          throw error;
        });
      const [flags, config] = await Promise.all([
        told(FlagsAnswer, '/api/v1/status/flags'),
        told(ConfigAnswer, '/api/v1/status/config'),
      ]);
      return {
        externalUrl: flags?.['web.external-url'] || null,
        externalLabels: config === null ? null : externalLabelsOf(config.yaml),
      };
    },
  };
}

/** A text that can stand between double quotes in PromQL, whatever it holds. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A label's name as PromQL writes it: in quotes where it has dots or other signs, which only a Prometheus from 3.0 on reads. */
export function labelName(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : quoted(name);
}

/** A text that matches only itself in a PromQL regular expression (RE2). */
export function literalPattern(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** `{a="x","b.c"="y"}` with every name and value escaped; a label without a name is left out. */
export function selector(labels: Readonly<Record<string, string>>, metric = ''): string {
  const matchers = Object.entries(labels)
    .filter(([name]) => name !== '')
    .map(([name, value]) => `${labelName(name)}=${quoted(value)}`);
  return `${metric}{${matchers.join(',')}}`;
}

function read<T>(shape: z.ZodType<T>, url: string, status: number, text: string): T {
  const body = Envelope.safeParse(parseJson(text));
  if (!body.success) {
    const start = cutWholeWords(text.trim(), 120);
    throw new PrometheusError(
      `${url} answered ${status} with something other than Prometheus's JSON: ${start}`,
      status,
    );
  }
  if (body.data.status === 'error') {
    throw new PrometheusError(`${url} answered ${status} ${body.data.errorType}: ${body.data.error}`, status);
  }
  const data = shape.safeParse(body.data.data);
  if (data.success) return data.data;
  throw new PrometheusError(`${url} answered in an unknown shape: ${z.prettifyError(data.error)}`, status);
}

/** From the `global:` section of a configuration, which is all that is read of it: the rest may be megabytes. */
function externalLabelsOf(configuration: string): Readonly<Record<string, string>> | null {
  const [section] = /^global:[^\n]*(?:\n(?:[ \t][^\n]*)?)*/m.exec(configuration) ?? [];
  if (section === undefined) return {};
  try {
    return GlobalSection.parse(parse(section)).global?.external_labels ?? {};
  } catch {
    return null;
  }
}

function readAddress(url: string): { base: string; authorization: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const base = address.href.replace(/[/?#]+$/, '');
  if (username === '') return { base, authorization: {} };
  const pair = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return { base, authorization: { authorization: `Basic ${pair}` } };
}

function whyNot(cause: unknown, timeout: number): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no answer within ${timeout} ms`;
  const inner = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause.message}${inner}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberOf(text: string): number {
  return text === '+Inf' || text === 'Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}
