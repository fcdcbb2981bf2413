/** Buying again with a live code: the time is added to the access that is there (stacked), instead of making another one. */
import { timingSafeEqual } from 'node:crypto';
import { type AccessCode, openCode } from '../access/code.ts';
import { isOver } from '../access/time-sold.ts';
import type { Clock } from '../platform/clock.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { Product } from '../store/products.ts';

/** What the portal shows to have bought before. */
export interface Extension {
  readonly username: string;
  /** `t` of that purchase's link. */
  readonly token: Secret;
  /** That has this name on this router; undefined where none has. */
  readonly accessId: string | undefined;
}

interface ExtendParts {
  readonly accesses: AccessStore;
  readonly accessCodes: SecretBox;
  readonly clock: Clock;
}

export interface Extended {
  readonly kind: 'extended';
  readonly access: Access;
  /** The link's secret is the same one for all purchases of an access: whoever extends it has it already. */
  readonly code: AccessCode;
}

/**
 * A delivery is one write with all the purchases behind an access, and DynamoDB takes a hundred items in one. Some room is left
 * for extensions that are being paid at the same time.
 */
export const MOST_GRANTS = 90;

/** @throws Refusal when there is no such code, its time is over, it has too many, or this plan's time is of another kind */
export async function extend(
  companyId: string,
  { accessId, token }: Extension,
  product: Product,
  { accesses, accessCodes, clock }: ExtendParts,
): Promise<Extended> {
  const access = accessId === undefined ? undefined : await accesses.find(companyId, accessId);
  if (!access || access.desired !== 'present' || isOver(access, clock.now()))
    throw new Refusal('access-not-extendable');
  const code = await openCode(accessCodes, companyId, access.sealedCode);
  if (!isSame(code.consultToken, token)) throw new Refusal('access-not-extendable');
  if (access.grants.length >= MOST_GRANTS) throw new Refusal('access-full');
  if (!stacks(access, product)) throw new Refusal('plan-not-stackable');
  return { kind: 'extended', access, code };
}

/** Time of one kind adds up; of two kinds nobody could say when it ends, and a user has one profile. */
function stacks({ clock, profileName, grants, routerId }: Access, product: Product): boolean {
  const { timeSold } = product;
  const sells = timeSold.seconds !== null || timeSold.bytes !== null;
  const isOfKind = grants.every(
    ({ seconds, bytes }) =>
      (seconds === null) === (timeSold.seconds === null) && (bytes === null) === (timeSold.bytes === null),
  );
  const isSamePlace = profileName === product.profileName && routerId === product.routerId;
  return sells && isOfKind && clock === timeSold.clock && isSamePlace;
}

function isSame(expected: Secret, given: Secret): boolean {
  const [a, b] = [Buffer.from(expected.reveal()), Buffer.from(given.reveal())];
  return a.length === b.length && timingSafeEqual(a, b);
}
