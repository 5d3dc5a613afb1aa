/**
 * Words from outside within a sentence of Medic's own, be they people's, a model's, a log's or a playbook's: in such a sentence `<@U…>` names
 * a person and calls them, and only Medic decides whom to call.
 */
export function foreign(text: string): string {
  return text.replace(/<(?=[@!#])/g, '‹');
}
