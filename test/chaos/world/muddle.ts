import {
  cutOff,
  disconnect,
  empty,
  fencedJson,
  garbage,
  hang,
  proposal,
  raw,
  refusal,
  slow,
  status,
} from '../../kit/model/answers.ts';
import type { Behaviour } from '../../kit/model/protocol.ts';
import { thinking } from '../../kit/model/thinking.ts';
import { chanceOf } from './random.ts';

const invented = {
  summary: 'It must be the moon.',
  hypotheses: [
    {
      cause: 'The moon is full.',
      claims: [{ text: 'It says so.', citations: [{ evidence: 'E1', quote: 'the moon is full' }] }],
      against: [],
      playbook: 'howl',
      parameters: [{ name: 'service', value: '$(reboot)' }],
      confidence: 1,
    },
  ],
  prevention: null,
  lead: null,
};

const MUDDLES: readonly [Behaviour, ...Behaviour[]] = [
  thinking,
  thinking,
  thinking,
  garbage(),
  proposal(invented),
  fencedJson(invented),
  cutOff(invented),
  empty(),
  refusal(),
  hang(),
  disconnect(),
  status(500),
  status(429),
  raw('<html>502 Bad Gateway</html>', 'text/html'),
  raw('{"choices":', 'application/json'),
  slow(1_500, thinking),
];

/** A model that answers sensibly now and then, and in between with whatever models have been seen to answer with. */
export function confusedModel(seed: number): Behaviour {
  const chance = chanceOf(seed);
  return (request) => chance.pick(MUDDLES)(request);
}
