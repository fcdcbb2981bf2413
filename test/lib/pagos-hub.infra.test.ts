/** The script of the WireGuard hub: its logic with commands that stand in for AWS, its rules with real packets. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HUB_SCRIPT, userData } from '#lib/constructs/router-edge/user-data.ts';
import { peersText } from '#shared/onboarding/peers.ts';
import { scratchFolder } from '../stage/scratch-folder.ts';

const settings = {
  BUCKET: 'hub-bucket',
  KEY_PARAMETER: '/pagos/dev/hub-key',
  ADDRESS_ALLOCATION: 'eipalloc-1',
  ROUTE_TABLES: 'rtb-1 rtb-2',
  WORKER_SUBNETS: '10.213.112.0/26, 10.213.112.64/26',
  OWN_RANGE: '10.213.112.0/24',
  HUB_ADDRESS: '10.66.0.1',
  TUNNEL_RANGE: '10.66.0.0/16',
  PORT: '51820',
  AWS_REGION: 'us-east-1',
} as const;

const OTHER_KEY = 'made-by-another-hub';
const PEER = { tunnelPublicKey: 'aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=', tunnelAddress: '10.66.0.2' };

/** Parameters and objects are files below the folder; what was asked is noted. */
const AWS = `#!/bin/bash
echo "$@" >>"$FAKE/asked"
case "$1 $2" in
'ssm get-parameter') [ -f "$FAKE/parameter" ] && cat "$FAKE/parameter" && echo ;;
'ssm put-parameter')
  [ -f "$FAKE/race" ] && mv "$FAKE/race" "$FAKE/parameter"
  [ -f "$FAKE/parameter" ] && exit 255
  for last; do case $last in file://*) cp "\${last#file://}" "$FAKE/parameter" ;; esac; done ;;
's3api get-object') [ -f "$FAKE/peers" ] && cp "$FAKE/peers" "\${@: -1}" ;;
's3api put-object') cp "\${@: -1}" "$FAKE/public-key" ;;
'ec2 replace-route') [ -f "$FAKE/has-routes" ] ;;
esac
`;
const WG = `#!/bin/bash
echo "wg $*" >>"$FAKE/asked"
case $1 in
genkey) echo made-here ;;
pubkey) sed s/^/public-of-/ ;;
set) cat >"$FAKE/interface-key" ;;
show) cat "$FAKE/interface-key" ;;
syncconf)
  cat "$3" >"$FAKE/offered"
  [ ! -f "$FAKE/refuses" ] && cp "$FAKE/offered" "$FAKE/wg0.conf" ;;
esac
`;
const CURL = `#!/bin/bash
case "\${@: -1}" in */api/token) echo token ;; */mac) echo 02:00 ;; */interface-id) echo eni-own ;; esac
`;
const IP = `#!/bin/bash
case "$1 $2" in 'route show') echo 'default via 10.213.112.129 dev ens5' ;; 'link show') exit 1 ;; *) echo "ip $*" >>"$FAKE/asked" ;; esac
`;

let folder: string;

beforeEach(() => {
  folder = scratchFolder();
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(join(folder, 'settings'), lines.join(''));
  mkdirSync(join(folder, 'bin'));
  const nothing = '#!/bin/bash\ncat >/dev/null\n';
  for (const [name, text] of Object.entries({
    aws: AWS,
    wg: WG,
    curl: CURL,
    ip: IP,
    nft: nothing,
    sysctl: '#!/bin/bash\n',
  })) {
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
});

function hub(command: string) {
  const { status, stdout, stderr } = spawnSync('bash', [HUB_SCRIPT, command], {
    env: {
      PATH: [join(folder, 'bin'), '/usr/sbin', '/usr/bin', '/bin'].join(delimiter),
      PAGOS_HUB_SETTINGS: join(folder, 'settings'),
      STATE: join(folder, 'state'),
      FAKE: folder,
    },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const asked = () => read('asked').split('\n');
const offer = (text: string) => writeFileSync(join(folder, 'peers'), text);

describe('a hub that boots', () => {
  it('makes its key when there is none, in no argument of any command, and tells its public half', () => {
    hub('boot');
    expect(read('parameter')).toBe('made-here');
    expect(read('interface-key').trim()).toBe('made-here');
    expect(read('public-key').trim()).toBe('public-of-made-here');
    expect(asked().join('\n')).not.toContain('made-here');
    expect(existsSync(join(folder, 'state', 'new-key'))).toBe(false);
  });

  it('never writes over a key, whatever it may be allowed', () => {
    hub('boot');
    expect(asked().filter((line) => line.startsWith('ssm put-parameter'))).toHaveLength(1);
    expect(read('asked')).not.toContain('--overwrite');
  });

  it('has the key of the one before it', () => {
    writeFileSync(join(folder, 'parameter'), OTHER_KEY);
    hub('boot');
    expect(read('interface-key').trim()).toBe(OTHER_KEY);
    expect(asked().join('\n')).not.toContain('put-parameter');
  });

  it('has the key of the other one when two are first at once', () => {
    writeFileSync(join(folder, 'race'), OTHER_KEY);
    hub('boot');
    expect(read('interface-key').trim()).toBe(OTHER_KEY);
    expect(read('public-key').trim()).toBe(`public-of-${OTHER_KEY}`);
  });

  it('takes the address and the worker`s routes last, when everything else stands', () => {
    offer(peersText([PEER]));
    hub('boot');
    const all = asked();
    const at = (what: string) => all.findIndex((line) => line.includes(what));
    for (const before of ['wg set wg0', 'wg syncconf', 'link set wg0 up', '--key public-key'])
      expect([before, at(before) > 0 && at(before) < at('replace-route')]).toEqual([before, true]);
    // For a moment after the address is taken no call of AWS gets through.
    expect(all.filter((line) => line !== '').at(-1)).toBe(
      'ec2 associate-address --allocation-id eipalloc-1 --network-interface-id eni-own --allow-reassociation',
    );
    // A new network has no route yet to be replaced.
    for (const table of ['rtb-1', 'rtb-2'])
      expect(all).toContain(
        `ec2 create-route --route-table-id ${table} --destination-cidr-block 0.0.0.0/0 --network-interface-id eni-own`,
      );
  });
});

it('a hub boots though WireGuard does not take the peers, and offers them again', () => {
  offer(peersText([PEER]));
  writeFileSync(join(folder, 'refuses'), '');
  hub('boot');
  expect(asked().join('\n')).toContain('associate-address');
  rmSync(join(folder, 'refuses'));
  hub('take-peers');
  expect(read('wg0.conf')).toContain(PEER.tunnelPublicKey);
});

describe('the peers', () => {
  beforeEach(() => void hub('boot'));

  it('are taken as they are listed, each with its one address', () => {
    offer(peersText([PEER, { tunnelPublicKey: PEER.tunnelPublicKey.replace('aG', 'bG'), tunnelAddress: '10.66.0.3' }]));
    hub('take-peers');
    expect(read('wg0.conf')).toBe(
      `[Interface]\nPrivateKey = made-here\nListenPort = 51820\n[Peer]\nPublicKey = ${PEER.tunnelPublicKey}\n` +
        `AllowedIPs = 10.66.0.2/32\n[Peer]\nPublicKey = bGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=\nAllowedIPs = 10.66.0.3/32\n`,
    );
  });

  it('come with the key that the interface has, whatever became of the parameter', () => {
    rmSync(join(folder, 'parameter'));
    offer(peersText([PEER]));
    hub('take-peers');
    expect(read('wg0.conf')).toContain('PrivateKey = made-here\n');
    expect(existsSync(join(folder, 'parameter'))).toBe(false);
  });

  it('are taken once: nothing is done while nothing has changed', () => {
    offer(peersText([PEER]));
    hub('take-peers');
    const before = asked().filter((line) => line.startsWith('wg syncconf')).length;
    hub('take-peers');
    expect(asked().filter((line) => line.startsWith('wg syncconf'))).toHaveLength(before);
  });

  it.each([
    ['nothing', ''],
    ['garbage', '<html>503</html>\n'],
    ['a list that was cut off', `peers 2\n${PEER.tunnelPublicKey} 10.66.0.2\n`],
    ['fewer than it says', `peers 2\n${PEER.tunnelPublicKey} 10.66.0.2\nend\n`],
    ['something behind the end', `peers 0\nend\n${PEER.tunnelPublicKey} 10.66.0.9\n`],
    ['words of its own', `peers 1\n${PEER.tunnelPublicKey} 10.66.0.2/0\nend\n`],
    ['a key that is none', 'peers 1\nPublicKey 10.66.0.2\nend\n'],
  ])('that are in stay in when %s comes', (_what, text) => {
    offer(peersText([PEER]));
    hub('take-peers');
    const before = read('wg0.conf');
    offer(text);
    hub('take-peers');
    expect(read('wg0.conf')).toBe(before);
    expect(asked().filter((line) => line.startsWith('wg syncconf'))).toHaveLength(1);
  });
});

const noLinter = spawnSync('shellcheck', ['--version']).status !== 0;
if (noLinter) console.log('The script of the hub is not linted here: there is no shellcheck');

describe('what a new instance runs', () => {
  const text = userData(settings);

  it('is whole: script, settings, units, and nothing that a shell cannot read', () => {
    expect(() => execFileSync('bash', ['-n'], { input: text })).not.toThrow();
    expect(text).toContain(readFileSync(HUB_SCRIPT, 'utf8'));
    for (const [name, value] of Object.entries(settings)) expect(text).toContain(`export ${name}='${value}'\n`);
    for (const name of ['pagos-hub.service', 'pagos-hub-peers.service', 'pagos-hub-peers.timer'])
      expect(text).toContain(`cat >/etc/systemd/system/${name} <<'END_OF_FILE'\n`);
    expect(text).toMatch(/systemctl enable --now pagos-hub\.service pagos-hub-peers\.timer\n$/);
  });

  it.skipIf(noLinter)('has a script that the linter of shells finds nothing in', () => {
    const { status, stdout } = spawnSync('shellcheck', [HUB_SCRIPT], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });

  it('fits into what an instance is given', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(16_384);
  });
});

/** Namespaces need root, and tools that CI installs. */
const problem = (() => {
  const probe = `pagos-probe-${process.pid}`;
  const { status, stderr, error } = spawnSync('ip', ['netns', 'add', probe], { encoding: 'utf8' });
  if (status !== 0) return error?.message ?? stderr.trim();
  const tools = 'nft list ruleset && bridge -V && ping -V';
  const tried = spawnSync('ip', ['netns', 'exec', probe, 'sh', '-c', tools], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'delete', probe]);
  return tried.status === 0 ? undefined : tried.stderr.trim();
})();
if (problem !== undefined) console.log(`The hub's rules are not tried with packets here: ${problem}`);

describe.skipIf(problem !== undefined)('what the hub lets through', () => {
  const name = (who: string) => `ph${process.pid}${who}`;
  const run = (...command: string[]) => execFileSync('ip', command, { encoding: 'utf8' });
  const inside = (who: string, ...command: string[]) => run('netns', 'exec', name(who), ...command);
  const everybody = ['hub', 'worker', 'internet', 'router', 'neighbour'];

  /** An interface of the hub that several are plugged in to: as they are in the tunnel, and outside. */
  function socket(device: string, ...addresses: string[]) {
    inside('hub', 'ip', 'link', 'add', device, 'type', 'bridge');
    inside('hub', 'ip', 'link', 'set', device, 'up');
    for (const address of addresses) inside('hub', 'ip', 'address', 'add', address, 'dev', device);
  }

  /** Whatever is for others goes to the hub: two in the tunnel do not see each other but through it. */
  function plugIn(who: string, device: string, address: string, gateway: string) {
    const port = `to-${who}`;
    const cable = ['link', 'add', port, 'netns', name('hub'), 'type', 'veth', 'peer', 'name', 'eth0'];
    run(...cable, 'netns', name(who));
    inside('hub', 'ip', 'link', 'set', port, 'master', device, 'up');
    if (device === 'wg0') inside('hub', 'bridge', 'link', 'set', 'dev', port, 'isolated', 'on');
    inside(who, 'ip', 'address', 'add', address, 'dev', 'eth0');
    inside(who, 'ip', 'link', 'set', 'eth0', 'up');
    inside(who, 'ip', 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'onlink');
  }

  beforeAll(() => {
    for (const who of everybody) run('netns', 'add', name(who));
    inside('hub', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    // An instance has one interface, for the worker and for the internet.
    socket('outside', '10.213.112.1/26', '203.0.113.1/24');
    // Where the cloud has its metadata service.
    inside('hub', 'ip', 'route', 'add', '169.254.169.254', 'via', '203.0.113.9');
    plugIn('worker', 'outside', '10.213.112.9/26', '10.213.112.1');
    plugIn('internet', 'outside', '203.0.113.9/24', '203.0.113.1');
    inside('internet', 'ip', 'address', 'add', '169.254.169.254/32', 'dev', 'eth0');
    // What a kernel without WireGuard has in its place.
    socket('wg0', '10.66.0.1/16');
    plugIn('router', 'wg0', '10.66.0.2/32', '10.66.0.1');
    plugIn('neighbour', 'wg0', '10.66.0.3/32', '10.66.0.1');
    const env = { PATH: process.env['PATH'], ...settings, OUTSIDE: 'outside', PAGOS_HUB_SETTINGS: '/dev/null' };
    const rules = execFileSync('bash', [HUB_SCRIPT, 'firewall'], { env, encoding: 'utf8' });
    execFileSync('ip', ['netns', 'exec', name('hub'), 'nft', '-f', '-'], { input: rules });
  });

  afterAll(() => {
    for (const who of everybody) spawnSync('ip', ['netns', 'delete', name(who)]);
  });

  /** Whether a packet there and its answer come through. */
  const reaches = (who: string, target: string) =>
    spawnSync('ip', ['netns', 'exec', name(who), 'ping', '-c', '1', '-W', '1', target]).status === 0;

  it('is the worker`s packets to routers and to the internet, and the answers', () => {
    expect(reaches('worker', '10.66.0.2')).toBe(true);
    expect(reaches('worker', '203.0.113.9')).toBe(true);
  });

  const closed = [
    ['router', '10.213.112.9', 'the worker'],
    ['router', '203.0.113.9', 'the internet'],
    ['router', '10.66.0.1', 'the hub, in the tunnel'],
    ['router', '10.213.112.1', 'the hub, outside'],
    ['router', '10.66.0.3', 'another router'],
    ['internet', '10.66.0.2', 'a router'],
    ['internet', '203.0.113.1', 'the hub'],
    ['internet', '10.213.112.9', 'the worker'],
    ['worker', '10.213.112.1', 'the hub'],
    ['worker', '169.254.169.254', 'the metadata service'],
  ] as const;

  it.each(closed)('is nothing from the %s to %s, %s', (who, target) => {
    expect(reaches(who, target)).toBe(false);
  });

  it('is everything when the rules are gone: it is they that close it', () => {
    inside('hub', 'nft', 'flush', 'ruleset');
    expect(closed.filter(([who, target]) => !reaches(who, target))).toEqual([]);
  });
});
