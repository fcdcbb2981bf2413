import { isIPv4 } from 'node:net';
import type { GatewayName } from '../gateways/gateway.ts';
import type { Company } from '../store/companies.ts';
import { placeholderKeys } from '../tenants/company.ts';
import { type Code, rsc } from './script.ts';

/** What a phone must reach to pay, before it is logged in (payments.md D.4). A bank's own 3-D Secure pages cannot be listed. */
const hosts: Readonly<Record<GatewayName, readonly string[]>> = {
  conekta: ['pay.conekta.com', 'api.conekta.io', 'assets.conekta.com', '3ds-pay.conekta.com'],
  'mercado-pago': [
    'www.mercadopago.com',
    'sdk.mercadopago.com',
    'api.mercadopago.com',
    'api-static.mercadopago.com',
    'secure-fields.mercadopago.com',
    'http2.mlstatic.com',
    'api.mercadolibre.com',
  ],
};

/** The gateways a company can sell with. The keys every company begins with are nobody's. */
export function gatewaysOf({ conekta, mercadoPago }: Company): GatewayName[] {
  const enabled: GatewayName[] = [];
  if (conekta.publicKey !== placeholderKeys.public) enabled.push('conekta');
  if (mercadoPago.sealedAccessToken !== null) enabled.push('mercado-pago');
  return enabled;
}

export const hostsFor = (apiHost: string, gateways: readonly GatewayName[]): string[] => [
  apiHost,
  ...gateways.flatMap((gateway) => hosts[gateway]),
];

/** In both menus: which of them covers HTTPS is told differently by the manual and by practitioners (routeros.md 8). */
export const openTo = (host: string, tag: string): Code => rsc`
  /ip hotspot walled-garden add dst-host=${host} action=allow comment=${tag}
  ${
    isIPv4(host)
      ? rsc`/ip hotspot walled-garden ip add dst-address=${host} action=accept comment=${tag}`
      : rsc`/ip hotspot walled-garden ip add dst-host=${host} action=accept comment=${tag}`
  }`;
