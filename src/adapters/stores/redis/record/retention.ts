/** How long what belongs to an incident is kept after its end, an attempt after its beginning, and what stands in the chat. */
export const KEPT_SECONDS = 90 * 24 * 3600;
