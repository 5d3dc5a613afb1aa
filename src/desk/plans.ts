import { withOrders } from '../engine/orders/modes.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { heldIn } from '../incident/model/holds.ts';
import type { Incident } from '../incident/model/incident.ts';
import { currentPlan } from '../incident/model/phases.ts';
import { atWhoseWish, whenItRuns } from '../incident/plan/forecast.ts';
import { withHold } from '../incident/plan/phase-rules.ts';
import { groundsOf } from '../incident/plan/plan-builder.ts';
import { noNewPlan, valuesOf } from '../incident/plan/replan.ts';
import { redactThenCut } from '../lib/text/cut.ts';
import { type Said, say } from '../lib/text/text.ts';
import { canBeFor, fieldsOf } from '../playbooks/fields.ts';
import type { Manifest } from '../playbooks/manifest.ts';
import type { Choices } from './choices.ts';
import type { Desk, Reply } from './desk.ts';
import { type ClerkParts, replyTo, SECRET, secretsIn } from './parts.ts';

/** How much is kept of what somebody says it really was. */
const REALLY = 500;

/** Another plan in place of the one that stands there. Values are taken as they are written, without the space around them. */
export async function replan(
  { engine, store, redact }: ClerkParts,
  { incident: id, once, ...wish }: Parameters<Desk['replan']>[0],
): Promise<Reply> {
  const parameters = Object.fromEntries(
    Object.entries(wish.parameters)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  );
  const secret = secretsIn(parameters, redact);
  if (secret.length > 0) {
    return {
      text: say`Nothing was changed: ${SECRET}.`,
      fields: Object.fromEntries(secret.map((name) => [name, SECRET])),
      refused: true,
    };
  }
  const incident = await store.load(id);
  const evidence = incident === null ? [] : await store.loadEvidence(id, incident.round);
  const event = {
    type: 'replan-requested',
    ...wish,
    parameters,
    round: incident?.round ?? 0,
    evidence,
  } as const;
  const dispatched = await engine.dispatch(id, event, { once });
  if (dispatched.kind === 'done') return { text: comingOf(dispatched.incident), incident: id };
  const fields = dispatched.kind === 'refused' ? dispatched.fields : undefined;
  return { ...replyTo(dispatched), ...(fields === undefined ? {} : { fields }) };
}

/** What the person whose plan it is has to know; null where the card says it all. */
function comingOf({ phase }: Incident): Said | null {
  const verdict = 'decided' in phase ? phase.decided?.verdict.kind : undefined;
  if (verdict === 'ask') return say`It is your plan now, so someone else has to approve it.`;
  return verdict === 'observe' ? say`It is only noted: nothing is run here.` : null;
}

/** Says that the diagnosis was right or wrong. */
export async function judge(
  { engine, redact }: ClerkParts,
  { incident, round, by, once, verdict, really }: Parameters<Desk['judge']>[0],
): Promise<Reply> {
  const kept = redactThenCut(really?.trim() ?? '', REALLY, redact);
  const event = { type: 'diagnosis-judged', round, by, verdict, really: kept === '' ? null : kept } as const;
  return replyTo(await engine.dispatch(incident, event, { once }));
}

/** What may be chosen instead of the plan that stands there. */
export async function choices(
  { store, settings: own, catalog }: ClerkParts,
  { incident: id, playbook: wanted, by }: Parameters<Desk['choices']>[0],
): Promise<Choices | null> {
  const incident = await store.load(id);
  if (incident === null) return null;
  const standing = currentPlan(incident);
  const [evidence, { modes, now }] = await Promise.all([
    store.loadEvidence(id, incident.round),
    store.heartbeat(),
  ]);
  const settings = withOrders(own, modes);
  const known = { settings, catalog: catalog(), policyDigest: '', now };
  const { possible, chosen, fields } = offers(incident, evidence, wanted, {
    settings,
    playbooks: [...catalog().values()].map(({ manifest }) => manifest),
  });
  return {
    incident: id,
    plan: standing?.plan.id ?? null,
    playbook: chosen && cardOf(chosen),
    fields,
    playbooks: possible.map((manifest) => ({ ...cardOf(manifest), description: manifest.description })),
    refused: noNewPlan(incident),
    when: chosen && whenItRuns(incident, { by, playbook: chosen.name, evidence }, known),
    wish: atWhoseWish(incident, by),
    hold: canBeHeld(incident) ? 'hold' : null,
  };
}

interface Shelf {
  readonly settings: ClerkParts['settings'];
  readonly playbooks: readonly Manifest[];
}

/** The playbooks that can be for an incident, the present one first, and the fields of the one that is wanted. */
function offers(
  incident: Incident,
  evidence: readonly Evidence[],
  wanted: string | null,
  { settings, playbooks }: Shelf,
) {
  const standing = currentPlan(incident);
  const present = standing?.plan.playbook ?? null;
  const grounds = groundsOf(incident, evidence, settings);
  const able = playbooks.filter((manifest) => canBeFor(manifest, grounds));
  const possible = [
    ...able.filter(({ name }) => name === present),
    ...able.filter(({ name }) => name !== present),
  ];
  const chosen = possible.find(({ name }) => name === (wanted ?? present)) ?? null;
  const known = chosen === null ? {} : valuesOf(standing, chosen.name);
  const fields = chosen === null ? [] : fieldsOf(chosen, { ...grounds, standing: known });
  return { possible, chosen, fields };
}

function cardOf({ name, title, risk }: Manifest) {
  return { name, title: title.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, '…'), risk };
}

/** Whether the plan would go on by itself while somebody chooses, and nobody holds it yet. */
function canBeHeld({ phase }: Incident): boolean {
  return heldIn(phase) === null && withHold(phase, { by: '', reason: null }, 0) !== null;
}
