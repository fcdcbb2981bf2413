import type * as z from 'zod';
import { declinesIn, keysOfDeclines } from '../../purchases/card-testers.ts';
import { idempotencyHash, type Order } from '../../purchases/start.ts';
import { Secret } from '../../security/secret.ts';
import { reservedNameSchema } from '../../store/accesses.ts';
import { productSchema } from '../../store/products.ts';
import { idempotencySchema } from '../../store/purchases.ts';
import { healthSchema } from '../../store/router-health.ts';
import { type Attributes, type Key, keys } from '../../store/table.ts';
import type { Portal, PortalScope } from '../auth.ts';
import type { buyBody } from '../contracts/payments.ts';
import type { HttpEvent } from '../endpoint.ts';

/** What both purchases ask for. */
type OrderBody = Omit<z.output<typeof buyBody>, 'token_tarjeta'>;

/** A blank one is none: under one blank key, every purchase of a router would be the same one. */
const idempotencyKey = (headers: HttpEvent['headers']): string | undefined =>
  headers['idempotency-key']?.trim() || undefined;

/** The rows an order is judged by, to be read together with those that prove the key; `orderOf` takes them in this order. */
export function rowsOfOrder(
  { companyId, routerId }: PortalScope,
  { producto_id: productId, email_cliente: email, codigo: username }: OrderBody,
  cardToken: Secret,
  headers: HttpEvent['headers'],
): Key[] {
  return [
    keys.product(companyId, productId),
    keys.health(companyId, routerId),
    keys.idempotency(companyId, routerId, idempotencyHash(idempotencyKey(headers), routerId, productId, cardToken)),
    ...keysOfDeclines(companyId, routerId, email),
    ...(username === null ? [] : [keys.reservedName(companyId, routerId, username)]),
  ];
}

interface OrderRequest {
  readonly caller: Portal;
  readonly body: OrderBody;
  readonly headers: HttpEvent['headers'];
  readonly receivedAt: number;
}

/** @param how what differs from gateway to gateway */
export function orderOf(
  { caller, body, headers, receivedAt }: OrderRequest,
  how: Pick<Order, 'gateway' | 'credentials' | 'card' | 'claimedMinor'>,
): Order {
  const { company, router, apiKey, alongside } = caller;
  const [product, health, standing, declinesOfEmail, declinesOnRouter, reservedName] = alongside;
  return {
    ...how,
    company,
    router,
    health: healthSchema.parse(health ?? {}),
    productId: body.producto_id,
    product: product && productSchema.parse(product),
    apiKeyId: apiKey.id,
    customer: { name: body.nombre_cliente, email: body.email_cliente, phone: body.telefono_cliente },
    userKind: body.tipo_usuario,
    autoConnect: body.conexion_automatica,
    macAddress: body.mac_cliente,
    ipAddress: body.ip_cliente,
    keyHash: idempotencyHash(idempotencyKey(headers), router.id, body.producto_id, how.card.token),
    standing: standing && idempotencySchema.parse(standing),
    extension: extensionOf(body, reservedName),
    declines: declinesIn(declinesOfEmail, declinesOnRouter, receivedAt),
    receivedAt,
  };
}

/** A code without its secret is refused as one with a wrong secret is. */
const extensionOf = ({ codigo, t }: OrderBody, reservedName: Attributes | undefined): Order['extension'] =>
  codigo === null
    ? null
    : {
        username: codigo,
        token: new Secret(t ?? ''),
        accessId: reservedName && reservedNameSchema.parse(reservedName).accessId,
      };
