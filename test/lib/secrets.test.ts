import { expect, it } from 'vitest';
import { withoutSecrets } from '../../src/lib/secrets.ts';
import { clock, code, named, person, say } from '../../src/lib/text/text.ts';
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

it('a text is told without secrets in its words and values, and names whom it named', () => {
  const text = say`${person('U0BOB')} set ${code('password=hunter2secret')} on ${named('shop')} at ${clock(1)}: token=abcdef1234567890`;
  const told = withoutSecrets({ reason: text }, redact);
  expect(JSON.stringify(told)).not.toMatch(/hunter2secret|abcdef1234567890/);
  expect(told.reason).toEqual(expect.arrayContaining([person('U0BOB'), named('shop'), clock(1)]));
  expect(withoutSecrets(told, redact)).toEqual(told);
});

it('a secret that only the whole text shows is not told, whatever part it is in', () => {
  const told = withoutSecrets({ reason: say`password: ${code('hunter2secret')}` }, redact);
  expect(JSON.stringify(told)).not.toContain('hunter2secret');
});
