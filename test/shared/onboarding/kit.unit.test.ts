import { describe, expect, it } from 'vitest';
import { everyCommand, parseScript } from './routeros/grammar.ts';
import { ScriptError } from './routeros/menus.ts';
import { kitOf, PASSWORD, sampleRouter, sampleTunnel } from './sample-kit.ts';

const TAG = 'pagos-hotspot';
const variants = [
  ['RouterOS 7', { version: 7 }, sampleRouter],
  ['RouterOS 7 over TLS', { version: 7, service: 'api-ssl' }, sampleRouter],
  ['RouterOS 7 with a tunnel', { version: 7, tunnel: sampleTunnel }, sampleRouter],
  ['RouterOS 6', { version: 6 }, () => sampleRouter({ version: '6.49.18 (long-term)' })],
  [
    'RouterOS 6 where there is a tunnel',
    { version: 6, tunnel: sampleTunnel },
    () => sampleRouter({ version: '6.49.18' }),
  ],
] as const;

describe.each(variants)('the kit for %s', (_, changes, router) => {
  const kit = kitOf({ ...changes, profiles: ['1hora', 'año "2"', 'gone'] });

  it('is one block, in plain ASCII, without a tab that a terminal would complete', () => {
    expect(kit).toMatch(/^[\x20-\x7e\n]+$/);
    expect(parseScript(kit).map(({ name }) => name)).toEqual(['']);
  });

  it('run twice is as run once', () => {
    const machine = router();
    machine.run(kit);
    const once = machine.state;
    machine.run(kit);
    expect(machine.state).toEqual(once);
  });

  it('undone leaves the router as it was before, however often it ran', () => {
    const machine = router();
    const before = machine.state;
    machine.run(kit);
    machine.run(kit);
    machine.globals.set('pagosModo', 'quitar');
    machine.run(kit);
    // No keep-alive and `none` are the same.
    for (const row of machine.menus.all['/ip hotspot user profile'] ?? [])
      if (row['keepalive-timeout'] === 'none') delete row['keepalive-timeout'];
    expect(machine.state).toEqual(before);
    expect(machine.printed.at(-1)).toMatch(/^Todo lo que instalo el kit se quito/);
  });

  it('undone installs again at the next run, and undoing what was never installed does nothing', () => {
    const machine = router();
    machine.globals.set('pagosModo', 'quitar');
    const before = machine.state;
    machine.run(kit);
    expect(machine.state).toEqual(before);
    machine.run(kit);
    expect(machine.menus.rows('/user').map(({ name }) => name)).toContain('pagos-api');
  });

  it('touches nothing that is a stranger`s', () => {
    const machine = router();
    const strangers = () =>
      Object.values(machine.state)
        .flat()
        .filter((row) => /their|defconf|office|admin|winbox/.test(JSON.stringify(row)));
    const before = strangers();
    machine.run(kit);
    expect(strangers()).toEqual(before);
  });

  it('removes by our tag or name only', () => {
    const removed = [...everyCommand(parseScript(kit))].filter(({ name }) => name.endsWith(' remove'));
    expect(removed.length).toBeGreaterThan(4);
    const found = [...everyCommand(parseScript(kit))].filter(({ name }) => name.endsWith(' find'));
    const removedMenus = new Set(removed.map(({ name }) => name.replace(' remove', ' find')));
    for (const { name, properties } of found.filter((command) => removedMenus.has(command.name))) {
      const conditions = [...properties].map(([key, value]) => `${key}=${value.kind === 'text' ? value.text : '$'}`);
      const ours = ['comment=pagos-hotspot', 'name=pagos-hotspot'];
      const looked = ['name=$', 'name=pagos-api', 'chain=input'];
      expect([
        name,
        conditions.filter((one) => !ours.includes(one) && !looked.includes(one) && one !== 'dynamic=no'),
      ]).toEqual([name, []]);
    }
  });

  it('makes a user with least rights who may come from our addresses only', () => {
    const machine = router();
    machine.run(kit);
    expect(machine.state['/user group']).toContainEqual({ name: TAG, policy: 'api,read,write,sensitive' });
    expect(machine.state['/user']).toContainEqual({
      name: 'pagos-api',
      group: TAG,
      password: PASSWORD,
      address: '203.0.113.7/32',
      comment: TAG,
      disabled: 'no',
    });
    expect(kit.split(PASSWORD)).toHaveLength(2);
  });

  it('opens the API to us and to those who were listed, and lets us in before what drops the rest', () => {
    const machine = router();
    const [api, overTls] = machine.state['/ip service'] ?? [];
    machine.run(kit);
    const isOverTls = 'service' in changes;
    expect(machine.state['/ip service']?.slice(0, 2)).toEqual(
      isOverTls
        ? [api, { ...overTls, address: '203.0.113.7/32', disabled: 'no' }]
        : [{ ...api, address: '192.168.88.0/24,203.0.113.7/32', disabled: 'no' }, overTls],
    );
    expect(machine.state['/ip firewall filter']?.[1]).toEqual({
      chain: 'input',
      action: 'accept',
      protocol: 'tcp',
      'src-address': '203.0.113.7/32',
      'dst-port': isOverTls ? '8729' : '8728',
      comment: TAG,
    });
  });

  it('adds to the log-in methods of a hotspot in use, and sets the profiles that are sold, no other', () => {
    const machine = router();
    machine.run(kit);
    expect(machine.state['/ip hotspot profile']).toEqual([
      { name: 'default', 'login-by': 'http-chap,cookie' },
      { name: 'hsprof 1', 'login-by': 'cookie,http-pap,http-chap,mac-cookie' },
    ]);
    const short = { 'keepalive-timeout': '2m', 'add-mac-cookie': 'yes' };
    expect(machine.state['/ip hotspot user profile']).toEqual([
      { name: 'default', 'keepalive-timeout': '00:02:00', 'add-mac-cookie': 'yes' },
      { name: '1hora', ...short },
      { name: 'año "2"', ...short },
    ]);
  });

  it('stops before any change when a stranger has the name of our user', () => {
    const machine = router();
    machine.menus.rows('/user').push({ name: 'pagos-api', group: 'full', '.id': '*FF' });
    expect(() => machine.run(kit)).toThrow(/No se cambio nada/);
    expect(machine.menus.changes).toEqual([]);
  });
});

describe('walled garden', () => {
  const conekta = ['pay.conekta.com', 'api.conekta.io', 'assets.conekta.com', '3ds-pay.conekta.com'];
  const mercadoPago = [
    'www.mercadopago.com',
    'sdk.mercadopago.com',
    'api.mercadopago.com',
    'api-static.mercadopago.com',
    'secure-fields.mercadopago.com',
    'http2.mlstatic.com',
    'api.mercadolibre.com',
  ];

  it.each([
    [[], []],
    [['conekta'], conekta],
    [['mercado-pago'], mercadoPago],
    [
      ['conekta', 'mercado-pago'],
      [...conekta, ...mercadoPago],
    ],
  ] as const)('is open for %j and our API in both menus, and for nothing else', (gateways, hosts) => {
    const machine = sampleRouter();
    // What an earlier kit opened for a gateway that was switched off since goes.
    machine.run(kitOf({ gateways: ['conekta', 'mercado-pago'] }));
    machine.run(kitOf({ gateways }));
    for (const [menu, action] of [
      ['/ip hotspot walled-garden', 'allow'],
      ['/ip hotspot walled-garden ip', 'accept'],
    ] as const)
      expect(machine.state[menu]?.slice(1)).toEqual(
        ['api.wifi.mx', ...hosts].map((host) => ({ 'dst-host': host, action, comment: TAG })),
      );
  });

  it('names an API without a name by its address', () => {
    const machine = sampleRouter();
    machine.run(kitOf({ apiHost: '127.0.0.1', gateways: [] }));
    expect(machine.state['/ip hotspot walled-garden ip']?.at(-1)).toMatchObject({ 'dst-address': '127.0.0.1' });
  });
});

describe('device-mode', () => {
  it.each(['no', 'false'])(
    'that blocks the hotspot (%s) stops the kit before any change, with what a person has to do',
    (hotspot) => {
      const machine = sampleRouter({ hotspot });
      expect(() => machine.run(kitOf())).toThrow(ScriptError);
      expect(machine.menus.changes).toEqual([]);
      expect(machine.printed).toEqual([
        expect.stringMatching(/device-mode\/update hotspot=yes .*5 minutos .*(boton|corriente)/),
      ]);
    },
  );

  it('that does not exist yet on this version stops nothing', () => {
    const machine = sampleRouter({ version: '7.1.5 (stable)' });
    delete machine.menus.all['/system device-mode'];
    machine.run(kitOf());
    expect(machine.menus.rows('/user')).toHaveLength(3);
  });

  it('does not keep anybody from undoing', () => {
    const machine = sampleRouter();
    machine.run(kitOf());
    machine.menus.all['/system device-mode'] = [{ hotspot: 'no', '.id': '*0' }];
    machine.globals.set('pagosModo', 'quitar');
    machine.run(kitOf());
    expect(machine.menus.rows('/user')).toHaveLength(2);
  });
});

describe('TLS', () => {
  it.each(['none', ''])(
    'without a certificate (%j) stops the kit before any change, with what to do',
    (certificate) => {
      const machine = sampleRouter({ certificate });
      expect(() => machine.run(kitOf({ service: 'api-ssl' }))).toThrow(/No se cambio nada/);
      expect(machine.menus.changes).toEqual([]);
      expect(machine.printed).toEqual([
        expect.stringMatching(/certificate add .*certificate sign .*api-ssl certificate=/),
      ]);
      machine.run(kitOf({ service: 'api' }));
    },
  );
});

describe('the two versions', () => {
  it.each([
    [6, '7.18.2 (stable)'],
    [7, '6.49.18 (long-term)'],
  ] as const)('are not mixed up: the kit for %i changes nothing on %s', (version, actual) => {
    const machine = sampleRouter({ version: '7.18.2' });
    machine.menus.all['/system resource'] = [{ version: actual, '.id': '*0' }];
    expect(() => machine.run(kitOf({ version }))).toThrow(/otra version/);
    expect(machine.menus.changes).toEqual([]);
  });

  it('differ in what 6 does not have: it is told that the tunnel needs 7', () => {
    const kit = kitOf({ version: 6, tunnel: sampleTunnel });
    expect(kit).not.toMatch(/interface wireguard|device-mode/);
    expect(kit).toMatch(/:put "[^"]*WireGuard, que necesita RouterOS 7/);
  });
});

describe('a tunnel', () => {
  it('is dialled from the router, which makes its key once and shows its public half', () => {
    const machine = sampleRouter();
    machine.run(kitOf({ tunnel: sampleTunnel, sources: ['10.66.0.1/32'] }));
    expect(machine.state['/interface wireguard peers']?.at(-1)).toEqual({
      interface: TAG,
      'public-key': sampleTunnel.hubKey,
      'endpoint-address': 'hub.wifi.mx',
      'endpoint-port': '51820',
      'allowed-address': '10.66.0.1/32',
      'persistent-keepalive': '25s',
      comment: TAG,
    });
    expect(machine.state['/ip address']?.at(-1)).toMatchObject({ address: '10.66.0.2/16', interface: TAG });
    const key = machine.menus.rows('/interface wireguard').at(-1)?.['public-key'];
    expect(machine.printed).toContain(key);
    const instruction = machine.printed[machine.printed.indexOf(key ?? '') - 1];
    expect(instruction).toContain('/routers/RTR_1/wireguard');
    expect(instruction).toContain(' 10.66.0.2.');
    machine.run(kitOf({ tunnel: sampleTunnel }));
    expect(machine.menus.rows('/interface wireguard').at(-1)?.['public-key']).toBe(key);
  });
});
