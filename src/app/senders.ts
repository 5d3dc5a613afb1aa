import type { GuardedSource } from '../adapters/http/webhooks.ts';
import { alertSources } from '../alerts/sources.ts';
import type { Secrets } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import { tokenVariable } from '../config/sources.ts';

/** Every source of alerts with the secret that its webhooks carry: its own, and `ALERT_TOKEN` where it has none. */
export function guardedSources(
  {
    settings,
    alertTokens,
  }: Pick<Shared, 'alertTokens'> & { readonly settings: Pick<Shared['settings'], 'sources'> },
  { ALERT_TOKEN }: Pick<Secrets, 'ALERT_TOKEN'>,
): readonly GuardedSource[] {
  return alertSources(settings.sources).map((source) => {
    const own = Object.hasOwn(alertTokens, source.name) ? alertTokens[source.name] : undefined;
    return own === undefined
      ? { ...source, token: ALERT_TOKEN, tokenName: 'ALERT_TOKEN' }
      : { ...source, token: own, tokenName: tokenVariable(source.name) };
  });
}
