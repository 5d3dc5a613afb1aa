import { BY_KEY } from './secrets/by-key.ts';
import { COMMANDS } from './secrets/commands.ts';
import { CONTAINERS } from './secrets/containers.ts';
import { FILES } from './secrets/files.ts';
import { GENERATED } from './secrets/generated.ts';
import { PERSONAL } from './secrets/personal.ts';
import { PRIVATE_KEYS } from './secrets/private-keys.ts';
import { createRegistered } from './secrets/registered.ts';
import { inOrder } from './secrets/rule.ts';
import { createSight } from './secrets/text/sight.ts';
import { TABLES } from './secrets/text/tables.ts';
import { URLS } from './secrets/urls.ts';
import { VENDORS } from './secrets/vendors/vendors.ts';

/** Hides secrets in everything that leaves Medic: log lines, Slack posts, evidence, prompts. */
export interface Redactor {
  /**
   * Remembers a secret from now on, the moment it is read, in every form it may turn up in: as it stands, in a URL, in
   * JSON, in hexadecimal, in base64, and cut in half. Ignores values shorter than 6 characters and the few words that markers
   * are made of: hiding them would blot out ordinary text, so configuration has to refuse them as secrets.
   */
  register(secret: string): void;
  /**
   * The text with every registered secret, and everything that looks like one, replaced by a stable marker such as
   * `[redacted:token]`. Redacting twice changes nothing more. Time is linear in the length of the text. A text that will be
   * cut is redacted first.
   */
  redact(text: string): string;
}

/** What is whole comes before what it is made of: a key before its lines, an address before its parts. */
const hideKnown = inOrder([
  ...PRIVATE_KEYS,
  ...CONTAINERS,
  ...FILES,
  TABLES,
  ...URLS,
  ...VENDORS,
  ...COMMANDS,
  BY_KEY,
  ...GENERATED,
  ...PERSONAL,
]);

/** Creates a redactor with no registered secrets; it already knows the shapes of common ones. */
export function createRedactor(): Redactor {
  const registered = createRegistered();
  const look = createSight();

  const once = (text: string): string => {
    const known = registered.hide(text);
    return hideKnown(known, look(known));
  };

  return {
    register: registered.add,
    redact(text) {
      // One replacement can put the halves of another secret side by side, so the rules are asked until they agree.
      let current = text;
      for (let round = 0; round < 6; round += 1) {
        const next = once(current);
        if (next === current) return current;
        current = next;
      }
      return current;
    },
  };
}
