import type { ChargeIntent } from '#shared/gateways/gateway.ts';
import { intent } from '../shared/gateways/conekta/intent.ts';

const LONG = 'Red inalámbrica del café «El Niño» — ñandú & cía. '.repeat(8);

/** Buyers and products as they really come: each changes what is sent. */
export const intents: readonly (readonly [string, ChargeIntent])[] = [
  ['everything given', intent],
  [
    'no phone, no address, no MAC',
    { ...intent, customer: { ...intent.customer, phone: null }, macAddress: null, ipAddress: null },
  ],
  ['a phone with its country', { ...intent, customer: { ...intent.customer, phone: '+52 (55) 1234-5678' } }],
  ['a phone that is none', { ...intent, customer: { ...intent.customer, phone: '12' } }],
  ['an IPv6 address', { ...intent, ipAddress: '2001:db8::23' }],
  [
    'accents and an emoji',
    { ...intent, productName: '¡Año Nuevo! 🎉', customer: { ...intent.customer, name: 'Íñigo Muñoz Ángeles' } },
  ],
  ['a name of one word', { ...intent, customer: { ...intent.customer, name: 'Ana' } }],
  [
    'names as long as they get',
    { ...intent, productName: LONG, customer: { ...intent.customer, name: LONG.slice(0, 100) } },
  ],
  ['a long name that ends in an emoji', { ...intent, productName: `${'x'.repeat(248)}😀` }],
  ['a name too short for an item', { ...intent, productName: '1' }],
  ['a user kind and ids as long as they get', { ...intent, userKind: LONG, companyId: LONG, routerId: LONG }],
  ['one centavo', { ...intent, amount: { minor: 1, currency: 'MXN' } }],
  ['a dear product', { ...intent, amount: { minor: 99_999_999, currency: 'MXN' } }],
];
