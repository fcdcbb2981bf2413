import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { AccessKind } from '../store/purchases.ts';

/** Letters and digits that nobody confuses when reading them off a screen: no 0/O, 1/I/L, 2/Z, 5/S, 8/B. */
const ALPHABET = 'ACDEFGHJKMNPQRTUVWXY34679';
const NAME_LENGTH = 8;

/** What a buyer types into the hotspot's login, and the secret of the purchase's link. */
export interface AccessCode {
  readonly password: Secret;
  readonly consultToken: Secret;
}

/** A user name on the router: `PT-` and 8 characters, 37 bits; for a PIN it is the whole credential (contract 9.4 RULE). */
export function drawUsername(): string {
  return `PT-${Array.from({ length: NAME_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}

const DRAWN = new RegExp(`^PT-[${ALPHABET}]{${NAME_LENGTH}}$`, 'i');

/** Whether a name could be one that was drawn here: then our books alone know whether it was, and no router is asked. */
export const isDrawnUsername = (name: string): boolean => DRAWN.test(name);

/** Six digits without a leading zero, which tools that read numbers would lose (contract W31); empty for a PIN. */
export function drawPassword(kind: AccessKind): Secret {
  return new Secret(kind === 'pin' ? '' : String(randomInt(100_000, 1_000_000)));
}

const sealedShape = z.object({ password: z.string(), consultToken: z.string() });

export async function sealCode(box: SecretBox, companyId: string, code: AccessCode): Promise<string> {
  const plain = { password: code.password.reveal(), consultToken: code.consultToken.reveal() };
  return box.seal(companyId, new Secret(JSON.stringify(plain)));
}

export async function openCode(box: SecretBox, companyId: string, sealed: string): Promise<AccessCode> {
  const { password, consultToken } = sealedShape.parse(JSON.parse((await box.open(companyId, sealed)).reveal()));
  return { password: new Secret(password), consultToken: new Secret(consultToken) };
}
