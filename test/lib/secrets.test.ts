import { expect, it } from 'vitest';
import { withoutSecrets } from '../../src/lib/secrets.ts';
import { createRedactor } from '../../src/observability/redact.ts';

const { redact } = createRedactor();

it('a label or an annotation whose name says that it is a secret is told without it', () => {
  const alert = {
    labels: { alertname: 'Down', db_password: 'shopshop', secret: 'shop-tls' },
    annotations: { api_token: 'abcdefgh12', summary: 'the token expired' },
  };
  expect(withoutSecrets(alert, redact)).toEqual({
    labels: { alertname: 'Down', db_password: '[redacted:password]', secret: 'shop-tls' },
    annotations: { api_token: '[redacted:password]', summary: 'the token expired' },
  });
});

it('what is told again is told the same', () => {
  const alert = { labels: { password: 'x1y2z3w4', 'password=abcdef12': 'v' }, annotations: {} };
  const once = withoutSecrets(alert, redact);
  expect(withoutSecrets(once, redact)).toEqual(once);
  expect(JSON.stringify(once)).not.toMatch(/x1y2z3|abcdef12/);
});
