import { kitSentences } from '#shared/http/wire/kit.ts';
import { type Kit, writeKit } from '#shared/onboarding/kit.ts';
import { Secret } from '#shared/security/secret.ts';
import { Machine } from './routeros/machine.ts';

export const PASSWORD = 'n0tAnybodysPasswordButThisOne456';
export const AWKWARD_NAME = `O'Brien "WiFi" $; Ñandú`;

export const sampleTunnel = {
  tunnel: {
    range: '10.66.0.0/16',
    endpoint: { host: 'hub.wifi.mx', port: 51_820 },
  },
  hubKey: 'aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=',
  address: '10.66.0.2',
} as const;

export const kitOf = (changes: Partial<Kit> = {}): string =>
  writeKit(
    {
      version: 7,
      company: AWKWARD_NAME,
      router: 'Principal',
      login: { username: 'pagos-api', password: new Secret(PASSWORD) },
      sources: ['203.0.113.7/32'],
      gateways: ['conekta', 'mercado-pago'],
      apiHost: 'api.wifi.mx',
      profiles: ['1hora'],
      service: 'api',
      tunnel: null,
      ...changes,
    },
    kitSentences('/admin/empresas/EMP_1/routers/RTR_1/wireguard'),
  );

/** A router in use, with things of its operator in every menu that the kit touches. */
export function sampleRouter({ version = '7.18.2 (stable)', hotspot = 'yes', certificate = 'router' } = {}): Machine {
  const wireguard = version.startsWith('7');
  return new Machine({
    '/system resource': [{ version }],
    ...(wireguard && { '/system device-mode': [{ hotspot }] }),
    ...(wireguard && { '/interface wireguard': [{ name: 'office', 'public-key': 'theirs' }] }),
    ...(wireguard && { '/interface wireguard peers': [{ interface: 'office', comment: 'their own' }] }),
    '/ip address': [{ address: '10.5.50.1/24', interface: 'bridge' }],
    '/user group': [{ name: 'full' }],
    '/user': [
      { name: 'admin', group: 'full' },
      { name: 'mikhmon', group: 'full', comment: 'their billing' },
    ],
    '/system script': [{ name: 'backup', source: '/export', comment: 'their own' }],
    '/ip service': [
      { name: 'api', address: '192.168.88.0/24', disabled: 'yes', port: '8728' },
      { name: 'api-ssl', address: '', disabled: 'yes', port: '8729', certificate },
      { name: 'winbox', address: '', disabled: 'no', port: '8291' },
    ],
    '/ip firewall filter': [
      { chain: 'forward', action: 'fasttrack', dynamic: 'yes' },
      { chain: 'input', action: 'accept', dynamic: 'no', comment: 'defconf: established' },
      { chain: 'input', action: 'drop', dynamic: 'no', comment: 'defconf: not from LAN' },
    ],
    '/ip hotspot': [{ name: 'hotspot1', profile: 'hsprof 1' }],
    '/ip hotspot profile': [
      { name: 'default', 'login-by': 'http-chap,cookie' },
      { name: 'hsprof 1', 'login-by': 'cookie,http-pap' },
    ],
    '/ip hotspot user profile': [
      { name: 'default', 'keepalive-timeout': '00:02:00', 'add-mac-cookie': 'yes' },
      { name: '1hora', 'add-mac-cookie': 'no' },
      { name: 'año "2"', 'keepalive-timeout': '01:00:00', 'add-mac-cookie': 'yes' },
    ],
    '/ip hotspot walled-garden': [{ 'dst-host': 'pay.conekta.com', comment: 'their own' }],
    '/ip hotspot walled-garden ip': [{ 'dst-host': 'www.wifi.mx' }],
  });
}
