import { lookup } from 'node:dns/promises';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { OWN_RANGE } from '../platform/own-range.ts';

/**
 * Which hosts a router may have. A tenant names the host and our worker connects to it, so without rules a tenant could
 * make the worker talk to itself, to the cloud's metadata service or to a whole network at once (design 5).
 * Private ranges (RFC 1918, carrier NAT, ULA) are allowed where a VPN leads to them, and a router's own tunnel address always.
 */
export interface AddressPolicy {
  /** `allowed` in the sandbox only, whose simulated router is on this machine. */
  readonly loopback: 'allowed' | 'refused';
  /** Whether a way leads to private addresses; they are allowed unless told otherwise. */
  readonly privateHosts?: 'allowed' | 'refused';
  /** IPv4 range in CIDR form whose addresses are given out one per router; undefined where there are no tunnels. */
  readonly tunnelRange?: string | undefined;
}

/** `private`: allowed elsewhere, but no way leads there from this deployment. */
export type HostVerdict = 'ok' | 'malformed' | 'forbidden' | 'private';

export type Resolution =
  | { readonly kind: 'ok'; readonly address: string }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'unknown-host' };

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const own = subnet(OWN_RANGE);

const isPrivate = new BlockList();
isPrivate.addSubnet('10.0.0.0', 8, 'ipv4');
isPrivate.addSubnet('172.16.0.0', 12, 'ipv4');
isPrivate.addSubnet('192.168.0.0', 16, 'ipv4');
isPrivate.addSubnet('100.64.0.0', 10, 'ipv4'); // carrier NAT
isPrivate.addSubnet('fc00::', 7, 'ipv6'); // unique local

const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8, 'ipv4'); // unspecified: Linux takes it for this machine
forbidden.addSubnet('169.254.0.0', 16, 'ipv4'); // link-local, with the metadata services of EC2 and ECS
forbidden.addSubnet('224.0.0.0', 4, 'ipv4'); // multicast
forbidden.addSubnet('240.0.0.0', 4, 'ipv4'); // reserved, and broadcast
forbidden.addSubnet('::', 96, 'ipv6'); // unspecified, and IPv4-compatible (`::1` is judged before)
forbidden.addSubnet('::ffff:0:0:0', 96, 'ipv6'); // IPv4-translated
forbidden.addSubnet('fe80::', 10, 'ipv6'); // link-local
forbidden.addSubnet('fec0::', 10, 'ipv6'); // site-local, its ancestor
forbidden.addSubnet('ff00::', 8, 'ipv6'); // multicast
forbidden.addSubnet('fd00:ec2::', 32, 'ipv6'); // the metadata, DNS and time services of EC2
forbidden.addSubnet('2001::', 32, 'ipv6'); // Teredo: a hidden IPv4 address

/** Prefixes whose address carries an IPv4 address in plain sight, which is then judged; at which 16-bit group it begins. */
const carriers = [
  { prefix: '::ffff:0:0', bits: 96, group: 6 },
  { prefix: '64:ff9b::', bits: 96, group: 6 },
  { prefix: '2002::', bits: 16, group: 1 },
].map(({ prefix, bits, group }) => {
  const range = new BlockList();
  range.addSubnet(prefix, bits, 'ipv6');
  return { range, group };
});

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** The system's resolver reads such a last label as a number, and the whole as an address: `127.1`, `0x7f000001`, `017700000001`. */
const NUMERIC_LABEL = /^(?:\d+|0x[0-9a-f]*)$/i;
const MAX_HOST_LENGTH = 253;

/**
 * The check when a host is saved: its form and, if it is an address, its range. Names are judged again at connect.
 *
 * @param tunnelAddress the router's own; any other in the tunnel range is another router's, or ours
 */
export function judgeHost(host: string, policy: AddressPolicy, tunnelAddress: string | null = null): HostVerdict {
  if (isIPv4(host) || (isIPv6(host) && !host.includes('%'))) return judgeAddress(host, policy, tunnelAddress);
  const labels = host.split('.');
  const isName = host.length <= MAX_HOST_LENGTH && labels.every((label) => LABEL.test(label));
  const last = labels.at(-1)?.toLowerCase() ?? '';
  if (!isName || NUMERIC_LABEL.test(last)) return 'malformed';
  return last === 'localhost' && policy.loopback === 'refused' ? 'forbidden' : 'ok';
}

type Lookup = (host: string) => Promise<readonly { readonly address: string }[]>;

interface Connecting {
  /** As in `judgeHost`. */
  readonly tunnelAddress?: string | null;
  readonly lookup?: Lookup;
  /** How long resolving may take, milliseconds; a silent name server counts as an unknown host. */
  readonly deadlineMs?: number;
}

const systemLookup: Lookup = (host) => lookup(host, { all: true });

/**
 * The check when a router is connected to. The name is resolved once, every answer is judged, and the caller connects to
 * the judged address, not to the name: a name that changes its mind in between (DNS rebinding) gains nothing.
 */
export async function resolveAllowed(
  host: string,
  policy: AddressPolicy,
  { tunnelAddress = null, lookup: resolve = systemLookup, deadlineMs = 2_000 }: Connecting = {},
): Promise<Resolution> {
  if (judgeHost(host, policy, tunnelAddress) !== 'ok') return { kind: 'forbidden' };
  if (isIPv4(host) || isIPv6(host)) return { kind: 'ok', address: host };
  const answers = await Promise.race([resolve(host).catch(() => []), wait(deadlineMs, [], { ref: false })]);
  const [first] = answers;
  if (!first) return { kind: 'unknown-host' };
  const allAllowed = answers.every(({ address }) => judgeHost(address, policy, tunnelAddress) === 'ok');
  return allAllowed ? { kind: 'ok', address: first.address } : { kind: 'forbidden' };
}

function judgeAddress(address: string, policy: AddressPolicy, tunnelAddress: string | null): HostVerdict {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const carrier = family === 'ipv6' ? carriers.find(({ range }) => range.check(address, 'ipv6')) : undefined;
  // A tunnel is entered by its plain address only: the same one in disguise may take another way.
  if (carrier) return judgeAddress(carriedAddress(address, carrier.group), policy, null);
  if (loopback.check(address, family)) return policy.loopback === 'allowed' ? 'ok' : 'forbidden';
  if (forbidden.check(address, family) || own.check(address, family)) return 'forbidden';
  const isInTunnel = policy.tunnelRange !== undefined && subnet(policy.tunnelRange).check(address, family);
  if (isInTunnel) return address === tunnelAddress ? 'ok' : 'forbidden';
  return policy.privateHosts === 'refused' && isPrivate.check(address, family) ? 'private' : 'ok';
}

/** @param range IPv4, CIDR form */
function subnet(range: string): BlockList {
  const [net = '', bits] = range.split('/');
  const list = new BlockList();
  list.addSubnet(net, Number(bits), 'ipv4');
  return list;
}

/** The IPv4 address in two 16-bit groups of an IPv6 address. */
function carriedAddress(address: string, group: number): string {
  const [high = 0, low = 0] = groupsOf(address).slice(group);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes the one canonical spelling: no dotted tail, at most one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [first, last] = [numbers(head), numbers(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
