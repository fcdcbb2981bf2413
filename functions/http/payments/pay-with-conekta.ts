import { paymentRows } from '#shared/http/contracts/payments.ts';
import { endpoint, type HttpEvent } from '#shared/http/endpoint.ts';
import { buyReply } from '#shared/http/wire/buy-answer.ts';
import { buy } from '#shared/purchases/buy.ts';
import { idempotencyHash } from '#shared/purchases/start.ts';
import { Secret } from '#shared/security/secret.ts';
import { productSchema } from '#shared/store/products.ts';
import { idempotencySchema } from '#shared/store/purchases.ts';
import { healthSchema } from '#shared/store/router-health.ts';
import { keys } from '#shared/store/table.ts';

/** A blank one is none: under one blank key, every purchase of a router would be the same one. */
const idempotencyKey = (headers: HttpEvent['headers']): string | undefined =>
  headers['idempotency-key']?.trim() || undefined;

export const handler = endpoint(
  paymentRows.payWithConekta,
  async ({ caller, body, headers, receivedAt, logger }, services) => {
    const { company, router, apiKey, alongside } = caller;
    const [product, health, standing] = alongside;
    const cardToken = new Secret(body.token_tarjeta);
    const result = await buy(
      {
        company,
        router,
        health: healthSchema.parse(health ?? {}),
        productId: body.producto_id,
        product: product && productSchema.parse(product),
        apiKeyId: apiKey.id,
        cardToken,
        customer: { name: body.nombre_cliente, email: body.email_cliente, phone: body.telefono_cliente },
        userKind: body.tipo_usuario,
        autoConnect: body.conexion_automatica,
        macAddress: body.mac_cliente,
        ipAddress: body.ip_cliente,
        keyHash: idempotencyHash(idempotencyKey(headers), router.id, body.producto_id, cardToken),
        standing: standing && idempotencySchema.parse(standing),
        receivedAt,
      },
      services.buyParts(logger),
    );
    return buyReply(result);
  },
  {
    alongside: ({ companyId, routerId }, { body, headers }) => [
      keys.product(companyId, body.producto_id),
      keys.health(companyId, routerId),
      keys.idempotency(
        companyId,
        routerId,
        idempotencyHash(idempotencyKey(headers), routerId, body.producto_id, new Secret(body.token_tarjeta)),
      ),
    ],
  },
);
