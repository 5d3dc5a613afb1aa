import type { Knowledge } from '../../../src/app/replay/walk.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { answerTo, type Ready } from './case.ts';

/** All that was found in a case and what was concluded from it, for whoever wonders why. */
export function shownText(one: Ready, knowledge: Knowledge): string {
  const { stands, fault, object, confidence, words, plan, reason } = answerTo(one, knowledge);
  const parts = one.collected.map(
    ({ opening, evidence }) =>
      `about ${opening.subject.kind} ${opening.subject.name}\n${evidence.map(itemText).join('\n')}`,
  );
  const said = { stands, fault, object, confidence, ...words, plan, reason };
  return `== ${one.scenario.name}: ${one.scenario.title}\n${parts.join('\n')}\n-> ${JSON.stringify(said, null, 2)}\n`;
}

function itemText({ id, status, title, witness, text, facts = [] }: Evidence): string {
  const stated = facts.map(
    ({ name, of, within, value, usual }) =>
      `      ${name} of ${of} = ${JSON.stringify(value)}${usual ? ' (usual)' : ''}${within.length > 0 ? ` within ${within.join(', ')}` : ''}`,
  );
  const lines = text.split('\n').map((line) => `    ${line}`);
  return [`  ${id} ${status === 'ok' ? '' : `${status} `}${title} [${witness}]`, ...lines, ...stated].join(
    '\n',
  );
}
