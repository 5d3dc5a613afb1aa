import { performance } from 'node:perf_hooks';
import type { KnownBlock } from '@slack/types';
import type { Message } from '../blocks/service.ts';
import { failureOf } from '../connection/failure.ts';

/** Slack's words for blocks that it does not take, whatever is wrong with them. */
const UNFIT = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);
/** A workspace that refused a kind of block is asked again after this long; milliseconds. */
const REMEMBERED = 600_000;

/** In which form a workspace takes a message: its modern blocks, the old ones, or the words alone. */
export interface Forms {
  /** Sends the best form that is taken. What was refused is remembered, so that not every edit costs another call. */
  send<Result>(message: Message, send: (blocks: readonly KnownBlock[]) => Promise<Result>): Promise<Result>;
}

export function createForms(now: () => number = () => performance.now()): Forms {
  /** When the blocks of these types, which only the modern form has, were refused last. */
  const refused = new Map<string, number>();

  return {
    async send({ blocks, classic }, send) {
      const modern = classic === undefined ? '' : typesBeyond(blocks, classic);
      const known = now() - (refused.get(modern) ?? Number.NEGATIVE_INFINITY) < REMEMBERED;
      const forms = [...(known ? [] : [blocks]), ...(classic === undefined ? [] : [classic]), []];
      for (const [index, form] of forms.entries()) {
        try {
          const result = await send(form);
          // Only what the old form mended is a matter of the modern one; the rest may be a matter of this message.
          if (form === classic && !known && modern !== '') refused.set(modern, now());
          return result;
        } catch (error) {
          if (index === forms.length - 1 || !isUnfit(error)) throw error;
        }
      }
      throw new Error('a message has no form');
    },
  };
}

function typesBeyond(blocks: readonly KnownBlock[], classic: readonly KnownBlock[]): string {
  const old = new Set(classic.map(({ type }) => type));
  const types = new Set(blocks.map(({ type }) => type).filter((type) => !old.has(type)));
  return [...types].sort().join(' ');
}

function isUnfit(error: unknown): boolean {
  const failure = failureOf(error);
  return failure.kind === 'refused' && UNFIT.has(failure.error);
}
