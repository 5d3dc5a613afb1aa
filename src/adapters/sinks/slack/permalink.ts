/**
 * The address of a message, for people to follow; null while nobody knows the workspace's own address.
 *
 * @param workspace as `auth.test` gives it, `https://example.slack.com/`
 * @param thread the time stamp of the thread's first message, where this one is a reply
 */
export function permalink(
  workspace: string | null,
  channel: string,
  ts: string,
  thread: string | null = null,
): string | null {
  if (workspace === null || !URL.canParse(workspace) || !/^\d+\.\d+$/.test(ts)) return null;
  const url = new URL(`/archives/${encodeURIComponent(channel)}/p${ts.replace('.', '')}`, workspace);
  if (thread !== null && thread !== ts) {
    url.searchParams.set('thread_ts', thread);
    url.searchParams.set('cid', channel);
  }
  return url.href;
}
