/** How this deployment and its routers reach each other, and the addresses that follow from it. IPv4, as hotspots are. */

export interface Tunnel {
  /** `10.66.0.0/16`. Its first address is the hub's; each router has one of the others. */
  readonly range: string;
  /** Where routers dial to. */
  readonly endpoint: { readonly host: string; readonly port: number };
}

export interface Reach {
  /** null when this deployment has none. */
  readonly tunnel: Tunnel | null;
  /** Addresses and ranges that the worker comes from where there is no tunnel. */
  readonly workerAddresses: readonly string[];
}

interface ReachSettings {
  readonly TUNNEL_RANGE?: string | undefined;
  readonly TUNNEL_ENDPOINT?: string | undefined;
  readonly WORKER_ADDRESSES?: string | undefined;
}

/** A tunnel takes both of its settings. */
export function readReach(settings: ReachSettings): Reach {
  const { TUNNEL_RANGE: range, TUNNEL_ENDPOINT: endpoint } = settings;
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(endpoint ?? '') ?? [];
  const whole = range !== undefined && host !== '';
  return {
    tunnel: whole ? { range, endpoint: { host, port: Number(port) } } : null,
    workerAddresses: (settings.WORKER_ADDRESSES ?? '').split(',').flatMap((one) => (one.trim() ? [one.trim()] : [])),
  };
}

export const hubOf = ({ range }: Tunnel): string => nth(range, 1);

/**
 * @param number of the router, from 1
 * @throws Error when the range has no more
 */
export function tunnelAddress({ range }: Tunnel, number: number): string {
  // The last one is the range's broadcast address.
  if (number + 1 >= 2 ** (32 - bitsOf(range)) - 1) throw new Error('The tunnel range has no address left');
  return nth(range, number + 1);
}

/** With the range's length, so that the router knows the way to the hub. */
export const inRange = ({ range }: Tunnel, address: string): string => `${address}/${bitsOf(range)}`;

/** As RouterOS prints it: one address is a range of its own. */
export const asRange = (address: string): string => (address.includes('/') ? address : `${address}/32`);

const bitsOf = (range: string): number => Number(range.split('/')[1]);

function nth(range: string, index: number): string {
  const bytes = (range.split('/')[0] ?? '').split('.').map(Number);
  const size = 2 ** (32 - bitsOf(range));
  const given = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const address = given - (given % size) + index;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
