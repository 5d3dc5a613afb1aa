import { renderView } from '../slack/render-text.ts';
import type { LocalSlack } from '../slack/server.ts';

/** The Home tab as a person reads it now; empty before it was ever published for them. */
export function homeOf({ state }: LocalSlack, user: string): string {
  const view = state.views.get(state.homes.get(user) ?? '')?.view;
  return view === undefined ? '' : renderView(view);
}
