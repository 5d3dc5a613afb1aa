/** A text as a pattern that fits it to the letter. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Whether a text has a name in it, in whatever case, that is no part of a longer one: `shop`, and not `shop-api` or `work.shop`. */
export function hasName(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-]|\\w\\.)${literally(name)}(?![\\w-]|\\.\\w)`, 'i').test(text);
}
