/**
 * Contract 15, W1: the reference pasted a phone's MAC into a script for the router. Whatever is sent here, a router hears
 * only the commands we wrote down, each value in the words of its own grammar.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeenCommand } from '#shared/local/router/traffic.ts';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
let code: { readonly usuario: string; readonly contrasena: string };
beforeAll(async () => {
  market = await startMarket();
  market.router.addHost({ mac: MAC, ip: '10.5.50.7' });
  market.router.addUsers([{ name: 'juan', password: EVIL }]);
  code = (await market.buy()).body.usuario_hotspot;
});
afterAll(() => market.stop());

const MAC = 'AA:BB:CC:00:00:07';
/** A password may be anything: it travels as one word. */
const EVIL = '1\n=disabled=yes"; /system reset-configuration';

const NAME = String.raw`[A-Za-z0-9][A-Za-z0-9 ._@+#*-]{0,63}`;
const MAC_WORD = '(?:[0-9A-F]{2}:){5}[0-9A-F]{2}';
const ID = String.raw`\*[0-9A-F]+`;
const SECRET = String.raw`\*{3}`;
const OURS = 'px:[A-Za-z0-9]+';

/** Every command there is, with the grammar of each attribute; whole values, never parts of them. */
const grammar: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/login': { name: 'api', password: SECRET },
  '/system/identity/print': {},
  '/system/resource/print': {},
  '/system/clock/print': {},
  '/ip/hotspot/print': {},
  '/ip/hotspot/user/print': { 'count-only': '' },
  '/ip/hotspot/user/profile/print': {},
  '/ip/hotspot/user/add': { name: 'PT-[A-Z0-9]{8}', password: SECRET, profile: '1hora', comment: OURS, disabled: 'no' },
  '/ip/hotspot/host/print': {},
  '/ip/hotspot/active/print': {},
  '/ip/hotspot/active/remove': { '.id': ID },
  '/ip/hotspot/active/login': { ip: String.raw`10\.5\.50\.7`, 'mac-address': MAC_WORD, user: NAME, password: SECRET },
};
const PROPERTIES = '[.a-z-]+(?:,[a-z-]+)*';
const QUERY = new RegExp(String.raw`^(?:(?:name|user)=${NAME}|mac-address=${MAC_WORD})$`);

function isKnown({ path, attributes, queries }: SeenCommand): boolean {
  const known = grammar[path];
  if (known === undefined) return false;
  const isInGrammar = ([name, value]: readonly [string, string]) => {
    const expected = name === '.proplist' ? PROPERTIES : known[name];
    return expected !== undefined && new RegExp(`^(?:${expected})$`).test(value);
  };
  return Object.entries(attributes).every(isInGrammar) && queries.every((query) => QUERY.test(query));
}

/** The grammar is that of the whole run, so that nothing passes by never being looked at. */
const strangers = () => market.router.books.commands().recent.filter((command) => !isKnown(command));

const payload = fc.constantFrom(
  '"; /system reset',
  '\n/system/reboot',
  '\u0000=disabled=yes',
  '=.id=*1',
  '?#|',
  '%22%3B%2Fsystem%20reset',
  '%0A%3Ddisabled%3Dyes',
  "' or '1'='1",
  '$(reboot)',
  '[/system reboot]',
);
const junk = fc.oneof(payload, fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }));
const around = (good: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 6, arbitrary: good },
    fc.tuple(junk, good, junk).map((parts) => parts.join('')),
    fc.tuple(good, junk).map((parts) => parts.join('')),
    junk,
  );
const mac = around(fc.constantFrom(MAC, MAC.toLowerCase(), MAC.replaceAll(':', '-'), '00:00:00:00:00:00'));
/** What a reconnect does not read may be anything; where a purchase does, little of it passes the border. */
const ip = around(fc.ipV4());
const anything = fc.oneof(ip, fc.jsonValue());
/** Ten minutes pass between two of them, so that no limit keeps the next one from the router. */
const nextOne = () => market.clock.advance(10 * 60_000);

describe('a router hears nothing but our commands, each value in its own grammar, whatever is sent with', () => {
  it('a reconnect', async () => {
    const username = around(fc.constantFrom('juan', 'juan_RANDMAC1', 'mesa%204', 'nobody', 'sold', 'sold_RANDMAC2'));
    const password = fc.oneof(fc.constant('right'), junk);
    await fc.assert(
      fc.asyncProperty(username, password, mac, anything, async (name, given, current_mac, current_ip) => {
        nextOne();
        const right = name.startsWith('sold') ? code.contrasena : EVIL;
        const { status } = await market.call('POST', '/api/v1/hotspot/auto-reconnect', {
          headers: { 'x-api-key': market.shop.apiKey },
          body: {
            username: name.replace(/^sold/, code.usuario),
            password: given === 'right' ? right : given,
            current_mac,
            current_ip,
            stored_mac: current_mac,
          },
        });
        expect([200, 422]).toContain(status);
        expect(strangers()).toEqual([]);
      }),
      { numRuns: 150 },
    );
    const { byPath } = market.router.books.commands();
    expect(byPath['/ip/hotspot/user/print'] ?? 0).toBeGreaterThan(20);
    expect(byPath['/ip/hotspot/active/login'] ?? 0).toBeGreaterThan(0);
  }, 120_000);

  it('a purchase', async () => {
    await fc.assert(
      fc.asyncProperty(mac, ip, fc.string({ maxLength: 20 }), async (mac_cliente, ip_cliente, nombre_cliente) => {
        nextOne();
        const phone = { mac_cliente, ip_cliente, conexion_automatica: true, nombre_cliente };
        const { status } = await market.buy({ ...phone, token_tarjeta: newToken() });
        expect([200, 422]).toContain(status);
        expect(strangers()).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(market.customers().length).toBeGreaterThan(5);
  }, 120_000);
});
