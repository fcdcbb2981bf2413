import type { Company } from '../../store/companies.ts';
import type { Router } from '../../store/routers.ts';
import { deliveryDeadlineMs, timeZoneOf } from '../../tenants/settings.ts';
import type { ReplyOf } from '../contract.ts';
import type { publicConfigRows } from '../contracts/public-config.ts';

type PublicConfig = ReplyOf<(typeof publicConfigRows)['show']>['body'];

/** Contract 6.2, #8. Public by design: it is in every portal's page. */
export const toPublicConfig = (company: Company, router: Router): PublicConfig => ({
  empresa: {
    id: company.id,
    nombre: company.name,
    conekta_public_key: company.conekta.publicKey,
    mercadopago_public_key: company.mercadoPago.publicKey,
    conekta_mode: company.conekta.mode,
    mercado_pago_mode: company.mercadoPago.mode,
    logo_url: company.logoUrl,
    color: company.colour,
    contacto_soporte: company.supportContact,
    zona_horaria: timeZoneOf(company),
    plazo_entrega_minutos: deliveryDeadlineMs(company) / 60_000,
  },
  router: { id: router.id, nombre: router.name, ubicacion: router.location },
});
