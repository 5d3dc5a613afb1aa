/** What is about the incident's own subject, and not about what that depends on: what is said of it, or done to it, rests on that alone. */
export function ofSubject<Item extends { readonly dependency?: string }>(
  items: readonly Item[],
): readonly Item[] {
  return items.filter(({ dependency }) => dependency === undefined);
}
