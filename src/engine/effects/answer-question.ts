import type { Subject } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import {
  type Answer,
  checkClaims,
  noteOf,
  soundsLikeOrder,
  WORDS_START_NOTHING,
} from '../../diagnosis/answer.ts';
import { asksHealth, linesWanted, tellFromEvidence } from '../../diagnosis/from-evidence.ts';
import type { FollowUpAnswer, Model } from '../../diagnosis/model.ts';
import type { AlertSources } from '../../evidence/alert-source.ts';
import type { Collectors } from '../../evidence/collector.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { type Health, healthIn } from '../../incident/evidence/evidence-summary.ts';
import { incidentBrief } from '../../incident/evidence/incident-brief.ts';
import type { IncidentEvent } from '../../incident/model/event.ts';
import type { Incident, OpenQuestion } from '../../incident/model/incident.ts';
import { hasName } from '../../lib/pattern.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import type { Live, LiveAnswer } from '../showing/notifier.ts';
import type { Facts } from '../store/attempts.ts';
import type { Heart } from '../store/snapshot.ts';
import { gather } from './gather.ts';

/** What answering a question needs of the world and the memory. */
export interface AnswerParts {
  readonly store: Heart & Facts;
  readonly world: {
    readonly collectors: Collectors;
    readonly sources: AlertSources;
    readonly model: Model | null;
  };
  readonly settings: Settings;
  readonly catalog: () => Catalog;
  readonly redact: (text: string) => string;
  /** Null where people cannot watch an answer being made. */
  readonly live: Live | null;
  /** Aborted when this process stops. */
  readonly signal: AbortSignal;
}

/** So many other services are looked at for one question. */
const MOST_OTHERS = 2;

/** Gathers fresh facts for a question: of the incident's own subject, and of services of its environment that the question names. */
export async function collectAnswer(
  parts: AnswerParts,
  incident: Incident,
  id: string,
): Promise<IncidentEvent | null> {
  const question = incident.questions.find((open) => open.id === id);
  if (question === undefined) return null;
  const alerts = Object.values(incident.alerts).map(({ alert }) => alert);
  const last = linesWanted(question.text);
  const wanted = last === null ? {} : { last };
  const own = gather(parts, incident.subject, alerts, wanted).then(({ evidence }) => evidence);
  const named = question.outside === true ? [] : othersIn(question.text, incident.subject, parts.settings);
  const others = named.map(async (subject) =>
    (await gather(parts, subject, [], wanted)).evidence.map((item) => ofOther(item, subject)),
  );
  const found = (await Promise.all([own, ...others])).flat();
  const numbered = found.map((item, index) => ({ ...item, id: `${id.toUpperCase()}E${index + 1}` }));
  const evidence = await parts.store.saveEvidence(incident.id, id, numbered);
  return { type: 'question-evidence', question: id, evidence };
}

/** Other registered services that a question names. Those of another environment are none of this incident's business. */
export function othersIn(text: string, own: Subject, { services }: Settings): readonly Subject[] {
  const words = new Set(text.toLowerCase().match(/[\w.-]+/g) ?? []);
  const said = (name: string) => words.has(name.toLowerCase()) || words.has(`${name.toLowerCase()}.`);
  return Object.entries(services)
    .filter(([name, { environment }]) => name !== own.name && environment === own.environment && said(name))
    .slice(0, MOST_OTHERS)
    .map(([name, { environment }]) => ({ kind: 'service', name, environment }));
}

/** Not every title says which service it is about. */
function ofOther(item: Evidence, { name }: Subject): Evidence {
  return hasName(item.title, name) ? item : { ...item, title: `${item.title} (${name})` };
}

/** What was read of the services that a question names, apart from that of the incident's own; all where it names none. */
function evidenceAbout(
  evidence: readonly Evidence[],
  { text }: OpenQuestion,
  own: Subject,
  others: readonly Subject[],
): readonly Evidence[] {
  if (others.length === 0 || hasName(text, own.name)) return evidence;
  return evidence.filter(({ title }) => others.some(({ name }) => hasName(title, name)));
}

/** How each service is that a question asks about, as far as what was read for it tells; null where it asks for no health. */
async function healthNote(
  { store, settings }: AnswerParts,
  incident: Incident,
  question: OpenQuestion,
): Promise<string | null> {
  if (!asksHealth(question.text)) return null;
  const [fresh, { now }] = await Promise.all([
    store.loadEvidence(incident.id, question.id),
    store.heartbeat(),
  ]);
  const others = question.outside === true ? [] : othersIn(question.text, incident.subject, settings);
  const wanted =
    others.length === 0 || hasName(question.text, incident.subject.name) ? [null, ...others] : others;
  const said = wanted.map((one) => {
    const items = fresh.filter(({ title }) =>
      one === null ? !others.some(({ name }) => hasName(title, name)) : hasName(title, one.name),
    );
    const { verdict, signals } = healthIn(items, now);
    const why = signals.length === 0 ? '' : `: ${signals.slice(0, 5).join('; ')}`;
    return `${(one ?? incident.subject).name} ${STATES[verdict]} now${why}.`;
  });
  return said.join(' ');
}

const STATES: Readonly<Record<Health['verdict'], string>> = {
  healthy: 'looks healthy',
  unhealthy: 'does not look healthy',
  unclear: 'shows no clear sign of health',
};

/** Answers a question from what was gathered for it and what was known before. A model that fails leaves the word to the evidence. */
export async function answerQuestion(
  parts: AnswerParts,
  incident: Incident,
  id: string,
): Promise<IncidentEvent | null> {
  const question = incident.questions.find((open) => open.id === id);
  if (question === undefined) return null;
  const all = await evidenceFor(parts.store, incident, id);
  const others = question.outside === true ? [] : othersIn(question.text, incident.subject, parts.settings);
  const evidence = evidenceAbout(all, question, incident.subject, others);
  const { model } = parts.world;
  const said = { evidence, note: await healthNote(parts, incident, question) };
  const answer =
    model === null
      ? byEvidence(question, said, 'No model is configured: this is what the evidence says.')
      : await byModel(parts, model, incident, question, said);
  return { type: 'answered', question: id, answer };
}

/** What was gathered for the question first: it is fresher than what the diagnosis rests on. */
async function evidenceFor(
  store: Facts,
  { id, round }: Incident,
  question: string,
): Promise<readonly Evidence[]> {
  const [fresh, known] = await Promise.all([store.loadEvidence(id, question), store.loadEvidence(id, round)]);
  return [...fresh, ...known];
}

async function byModel(
  parts: AnswerParts,
  model: Model,
  incident: Incident,
  question: OpenQuestion,
  known: Known,
): Promise<Answer> {
  const { evidence } = known;
  const live = await parts.live?.open(incident, question.id).catch(() => null);
  live?.step(`Asking ${model.name}`);
  const said = await ask(parts, model, { incident, question, evidence, live: live ?? null });
  live?.end();
  if (said.kind === 'failed')
    return byEvidence(
      question,
      known,
      `The model did not help: ${said.reason} This is what the evidence says.`,
    );
  const { kept, struck } = checkClaims(said.claims, evidence);
  const claims = kept.map((claim) => ({ ...claim, text: parts.redact(claim.text) }));
  const told = struck.map(({ text, reason }) => ({ text: parts.redact(text), reason: parts.redact(reason) }));
  if (claims.length > 0)
    return { model: said.model, claims, struck: told, note: noteOf(known.note, orderNote(question)) };
  const silent =
    said.claims.length === 0
      ? 'The model found no answer in the evidence. This is what the evidence says.'
      : 'The evidence backs nothing the model said. This is what the evidence says.';
  return { ...byEvidence(question, known, silent), struck: told };
}

async function ask(
  { store, signal, redact }: AnswerParts,
  model: Model,
  {
    incident,
    question,
    evidence,
    live,
  }: {
    readonly incident: Incident;
    readonly question: OpenQuestion;
    readonly evidence: readonly Evidence[];
    readonly live: LiveAnswer | null;
  },
): Promise<FollowUpAnswer> {
  const { now } = await store.heartbeat();
  const followUp = {
    incident: incident.id,
    subject: incident.subject,
    question: question.text,
    evidence,
    known: redact(incidentBrief(incident)),
    now,
  };
  return model.answer(followUp, signal, (claim) => {
    // Only what has been checked is shown, while it is being written as much as afterwards.
    const [kept] = checkClaims([claim], evidence).kept;
    if (kept !== undefined) live?.claim(redact(kept.text));
  });
}

/** What there is to answer with: what was read, and what Medic concludes from it by itself. */
interface Known {
  readonly evidence: readonly Evidence[];
  readonly note: string | null;
}

function byEvidence(question: OpenQuestion, { evidence, note: first }: Known, why: string): Answer {
  const { claims, note } = tellFromEvidence(question.text, meantBy(question, evidence));
  return { model: null, claims, struck: [], note: noteOf(first, why, note, orderNote(question)) };
}

/** What is of a dependency is no answer about the incident's own subject, unless the question names it. */
function meantBy({ text }: OpenQuestion, evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.filter(({ dependency }) => dependency === undefined || hasName(text, dependency));
}

function orderNote({ text }: OpenQuestion): string | null {
  return soundsLikeOrder(text) ? WORDS_START_NOTHING : null;
}
