import { paymentRows } from '#shared/http/contracts/payments.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { mercadoPagoBuyReply } from '#shared/http/wire/buy-answer.ts';
import { orderOf, rowsOfOrder } from '#shared/http/wire/portal-order.ts';
import { buy } from '#shared/purchases/buy.ts';
import { Secret } from '#shared/security/secret.ts';

export const handler = endpoint(
  paymentRows.payWithMercadoPago,
  async (request, services) => {
    const { body, caller } = request;
    const { version, sealedAccessToken } = caller.company.mercadoPago;
    const order = orderOf(request, {
      gateway: 'mercado-pago',
      credentials: sealedAccessToken === null ? null : { version, sealedPrivateKey: sealedAccessToken },
      card: {
        token: new Secret(body.token),
        paymentMethodId: body.payment_method_id,
        installments: body.cuotas,
        issuerId: body.issuer_id,
        deviceId: body.device_id === null ? null : new Secret(body.device_id),
        identification: body.payer?.identification ?? null,
      },
      claimedMinor: body.monto,
    });
    return mercadoPagoBuyReply(await buy(order, services.buyParts(request.logger)));
  },
  { alongside: (scope, { body, headers }) => rowsOfOrder(scope, body, new Secret(body.token), headers) },
);
