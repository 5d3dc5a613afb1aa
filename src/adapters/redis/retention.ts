/** How long what belongs to a closed incident is kept. */
export const KEPT_SECONDS = 90 * 24 * 3600;
