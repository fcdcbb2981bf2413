import type { Deed } from '../stage/gateways/deed.ts';

/** The path, with ids and query taken out, so that the same call has the same name in every run. */
export const gatewayLabel = (method: string, path: string): string =>
  `${method} ${path
    .replace(/\?.*$/, '')
    .replace(/ord_\w+/, ':id')
    .replace(/\/\d+(?=\/|$)/, '/:id')
    .replace(/\/$/, '')}`;

const deeds: readonly (readonly [label: RegExp, Deed])[] = [
  [/^POST \/orders$/, 'open'],
  [/^POST \/orders\/:id\/charges$/, 'charge'],
  [/^POST \/v1\/payments$/, 'charge'],
  [/^GET \/(orders|v1\/payments)\//, 'look'],
  [/^(POST \/orders\/:id\/cancel|PUT \/v1\/payments\/:id)$/, 'cancel'],
  [/^POST \/.*\/refunds$/, 'refund'],
];

/** @returns undefined for what moves no money, such as lists */
export const deedOf = (label: string): Deed | undefined => deeds.find(([pattern]) => pattern.test(label))?.[1];
