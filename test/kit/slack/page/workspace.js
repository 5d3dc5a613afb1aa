import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** @import {newFeed} from './feed.js' */
/** @import {Route, State, User} from './types.js' */

/**
 * What every part of the page shares: what is known, who the reader acts as, where they are, and how to change that.
 * @typedef {{state: State, me: User, route: Route, go: (to: Partial<Route>) => void, dispatch: (event: any) => void,
 *   load: ReturnType<typeof newFeed>['load'], reload: () => Promise<void>,
 *   say: (words: string) => void}} Workspace
 */

export const WorkspaceContext = createContext(/** @type {Workspace | null} */ (null));

/** @returns {Workspace} */
export function useWorkspace() {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('This part of the page stands outside the workspace.');
  return workspace;
}
