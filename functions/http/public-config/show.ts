import { publicConfigRows } from '#shared/http/contracts/public-config.ts';
import { endpoint } from '#shared/http/endpoint.ts';

export const handler = endpoint(publicConfigRows.show, ({ caller: { company, router } }) =>
  Promise.resolve({
    status: 200,
    body: {
      empresa: {
        id: company.id,
        nombre: company.name,
        conekta_public_key: company.conekta.publicKey,
        mercadopago_public_key: company.mercadoPago.publicKey,
        conekta_mode: company.conekta.mode,
      },
      router: { id: router.id, nombre: router.name, ubicacion: router.location },
    },
  }),
);
