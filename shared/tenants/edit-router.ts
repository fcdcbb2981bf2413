import { Refusal } from '../platform/refusal.ts';
import type { AddressPolicy } from '../security/address-policy.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Router, RouterStore } from '../store/routers.ts';
import { requireAllowedHost } from './router.ts';

/** A partial update: what is undefined stays as it is. */
export interface RouterEdit {
  readonly name: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly location: string | null | undefined;
}

/**
 * Another host, port or user is another login: the stored password goes, unless one comes along, or whoever edits could
 * send it to a host of their own (design 5). A password says that the device is the right one: it may show a new certificate.
 *
 * @param before as it was just read
 * @throws Refusal `router-edited-meanwhile` when the login was changed since it was read. It is not tried again here: the
 *   password was meant for the host its sender saw.
 */
export async function editRouter(
  services: {
    readonly routers: RouterStore;
    readonly addressPolicy: AddressPolicy;
    box(purpose: 'router-credentials'): SecretBox;
  },
  before: Router,
  { password, ...wanted }: RouterEdit,
): Promise<Router> {
  const { companyId } = before;
  const { host } = wanted;
  if (host !== undefined) requireAllowedHost(host, services.addressPolicy, before.tunnelAddress);
  const isAnotherLogin = LOGIN.some((field) => wanted[field] !== undefined && wanted[field] !== before[field]);
  const kept = isAnotherLogin ? null : undefined;
  const sealedPassword = password ? await services.box('router-credentials').seal(companyId, password) : kept;
  const after = await services.routers.edit(before, { ...wanted, sealedPassword });
  if (!after) throw new Refusal('router-edited-meanwhile');
  return after;
}

const LOGIN = ['host', 'port', 'username'] as const;
