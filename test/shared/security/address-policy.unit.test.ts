import { describe, expect, it } from 'vitest';
import { type HostVerdict, judgeHost, resolveAllowed } from '#shared/security/address-policy.ts';

const cloud = { loopback: 'refused' } as const;
const sandbox = { loopback: 'allowed' } as const;

const atSave: Record<Exclude<HostVerdict, 'private'>, string[]> = {
  ok: [
    '203.0.113.7',
    '10.0.0.1',
    '10.213.111.255',
    '10.213.113.0',
    'ROUTER.Example.COM',
    '172.16.4.4',
    '192.168.88.1',
    '100.64.0.9',
    'router.example.com',
    'a.b',
    'mikrotik',
    '0.pool.ntp.org',
    'xn--caf-dma.mx',
    'a'.repeat(63) + '.mx',
    '2001:db8::1',
    'fd12:3456::1',
    '::ffff:192.168.88.1',
    '64:ff9b::c0a8:5801',
  ],
  malformed: [
    '',
    ' ',
    'router example.com',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '10.0.0.1:8728',
    'http://10.0.0.1',
    'user@router',
    'router/path',
    'router#x',
    'router?x',
    '[::1]',
    '[2001:db8::1]',
    'fe80::1%eth0',
    '-router.mx',
    'router-.mx',
    'router..mx',
    '.mx',
    'router.mx.',
    'a'.repeat(64) + '.mx',
    ('a'.repeat(49) + '.').repeat(6) + 'mx',
    'café.mx',
    'router_1.mx',
    // Spellings of 127.0.0.1 and 169.254.169.254 that resolvers of the system understand.
    '2130706433',
    '0x7f000001',
    '0X7F000001',
    '017700000001',
    '127.1',
    '127.0.1',
    '127.0.0.01',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '127.0.0.0x1',
    '2852039166',
    '169.254.43518',
    '0xa9fea9fe',
    '127.0.0.1.',
    '１２７.０.０.１',
    '127。0。0。1',
    'router.123',
    '256.1.1.1',
    '1.2.3.4.5',
    ':::1',
    '1:2:3:4:5:6:7:8:9',
  ],
  forbidden: [
    '127.0.0.1',
    '127.255.255.254',
    'localhost',
    'LOCALHOST',
    'router.localhost',
    '::1',
    '0:0:0:0:0:0:0:1',
    '0000:0000:0000:0000:0000:0000:0000:0001',
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.1.1',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'fd00:ec2::254',
    'FD00:0EC2:0:0:0:0:0:254',
    'fd00:ec2::23',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:169.254.169.254',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:0.0.0.0',
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    // Our own range.
    '10.213.112.0',
    '10.213.112.2',
    '10.213.112.255',
    '::ffff:10.213.112.2',
    '64:ff9b::ad5:7002',
  ],
};

describe('a host at save', () => {
  for (const [verdict, hosts] of Object.entries(atSave))
    it.each(hosts)(`${verdict}: %j`, (host) => expect(judgeHost(host, cloud)).toBe(verdict));

  it.each(['127.0.0.1', 'localhost', '::1', '::ffff:127.0.0.1'])('on loopback is a router in the sandbox: %s', (host) =>
    expect(judgeHost(host, sandbox)).toBe('ok'),
  );

  it.each(['169.254.169.254', '10.213.112.2', '0.0.0.0', '::', 'fd00:ec2::254', 'ff02::1', '255.255.255.255'])(
    'stays forbidden in the sandbox: %s',
    (host) => expect(judgeHost(host, sandbox)).toBe('forbidden'),
  );
});

const names = (table: Record<string, string[]>) => (host: string) => {
  const addresses = table[host];
  return addresses ? Promise.resolve(addresses.map((address) => ({ address }))) : Promise.reject(new Error('NXDOMAIN'));
};

describe('a host at connect', () => {
  it('is connected to by the address that was judged', async () => {
    const lookup = names({ 'router.mx': ['203.0.113.7', '203.0.113.8'] });
    expect(await resolveAllowed('router.mx', cloud, { lookup })).toEqual({ kind: 'ok', address: '203.0.113.7' });
  });

  it('that is an address asks no name server', async () => {
    expect(await resolveAllowed('10.0.0.1', cloud, { lookup: names({}) })).toEqual({ kind: 'ok', address: '10.0.0.1' });
  });

  it.each([
    [['127.0.0.1']],
    [['203.0.113.7', '169.254.169.254']],
    [['203.0.113.7', '203.0.113.8', '10.213.112.2']],
    [['203.0.113.7', 'fe80::1%eth0']],
    [['::ffff:7f00:1']],
  ])('whose name leads to %j is forbidden', async (addresses) => {
    const lookup = names({ 'evil.example': addresses });
    expect(await resolveAllowed('evil.example', cloud, { lookup })).toEqual({ kind: 'forbidden' });
  });

  it('is forbidden when its form should never have been saved', async () => {
    const lookup = names({ '2130706433': ['203.0.113.7'] });
    expect(await resolveAllowed('2130706433', cloud, { lookup })).toEqual({ kind: 'forbidden' });
  });

  it('nobody knows is an unknown host', async () => {
    expect(await resolveAllowed('gone.mx', cloud, { lookup: names({}) })).toEqual({ kind: 'unknown-host' });
    expect(await resolveAllowed('empty.mx', cloud, { lookup: names({ 'empty.mx': [] }) })).toEqual({
      kind: 'unknown-host',
    });
  });

  it('whose name server stays silent is an unknown host', async () => {
    const lookup = () => new Promise<never>(() => undefined);
    expect(await resolveAllowed('slow.mx', cloud, { lookup, deadlineMs: 1 })).toEqual({ kind: 'unknown-host' });
  });

  it('is found by the real resolver in the sandbox', async () => {
    expect(await resolveAllowed('localhost', sandbox)).toMatchObject({ kind: 'ok' });
  });
});

describe('a tunnel range', () => {
  const tunnels = { ...cloud, tunnelRange: '10.99.0.0/16' };

  it.each([
    ['10.99.0.7', '10.99.0.7', 'ok'],
    ['10.99.0.8', '10.99.0.7', 'forbidden'],
    ['10.99.0.1', '10.99.0.7', 'forbidden'],
    ['10.99.0.7', null, 'forbidden'],
    // The same address in disguise: that way leads elsewhere.
    ['::ffff:10.99.0.7', '10.99.0.7', 'forbidden'],
    ['64:ff9b::a63:7', '10.99.0.7', 'forbidden'],
    ['2002:a63:7::', '10.99.0.7', 'forbidden'],
    ['::ffff:10.99.0.8', '10.99.0.7', 'forbidden'],
    ['10.98.255.255', '10.99.0.7', 'ok'],
    ['10.100.0.0', null, 'ok'],
    ['203.0.113.7', '10.99.0.7', 'ok'],
  ])('lets %s be the host of the router that was given %s: %s', async (host, tunnelAddress, verdict) => {
    expect(judgeHost(host, tunnels, tunnelAddress)).toBe(verdict);
    const resolved = await resolveAllowed(host, tunnels, { tunnelAddress });
    expect(resolved).toEqual(verdict === 'ok' ? { kind: 'ok', address: host } : { kind: 'forbidden' });
  });

  it('is no way in for a name that changes its mind after it was saved', async () => {
    const lookup = names({ 'own.mx': ['10.99.0.7'], 'other.mx': ['203.0.113.7', '10.99.0.8'] });
    const at = (host: string) => resolveAllowed(host, tunnels, { tunnelAddress: '10.99.0.7', lookup });
    expect(judgeHost('other.mx', tunnels, '10.99.0.7')).toBe('ok');
    expect(await at('own.mx')).toEqual({ kind: 'ok', address: '10.99.0.7' });
    expect(await at('other.mx')).toEqual({ kind: 'forbidden' });
    expect(await resolveAllowed('own.mx', tunnels, { lookup })).toEqual({ kind: 'forbidden' });
  });

  it('forbids nothing where there is none', () => {
    expect(judgeHost('10.99.0.8', cloud)).toBe('ok');
  });
});

describe('where no way leads to private addresses', () => {
  const policy = { loopback: 'refused', privateHosts: 'refused', tunnelRange: '10.66.0.0/16' } as const;

  it.each([
    '10.0.0.1',
    '172.16.4.4',
    '172.31.255.255',
    '192.168.88.1',
    '100.64.0.9',
    'fd12:3456::1',
    '::ffff:192.168.88.1',
  ])('%s is refused, when saved and when a name leads there', async (address) => {
    expect(judgeHost(address, policy)).toBe('private');
    const lookup = () => Promise.resolve([{ address }]);
    expect(await resolveAllowed('router.example.com', policy, { lookup })).toEqual({ kind: 'forbidden' });
  });

  it.each(['203.0.113.7', '172.32.0.1', '100.128.0.1', '2001:db8::1', 'router.example.com'])('%s is taken', (host) => {
    expect(judgeHost(host, policy)).toBe('ok');
  });

  it('a router`s own address in the tunnel is taken all the same, and no other', () => {
    expect(judgeHost('10.66.0.2', policy, '10.66.0.2')).toBe('ok');
    expect(judgeHost('10.66.0.3', policy, '10.66.0.2')).toBe('forbidden');
  });
});
