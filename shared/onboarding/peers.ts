import type { Clock } from '../platform/clock.ts';
import type { Hub } from '../store/hub.ts';
import type { Peer, PeersOwed, TunnelPeerStore } from '../store/tunnel-peers.ts';

/**
 * Who may dial in, a line each, as the hub's `take-peers` reads it: how many there are comes first and an end last, so that
 * what was cut off is taken for nothing.
 */
export function peersText(peers: readonly Pick<Peer, 'tunnelPublicKey' | 'tunnelAddress'>[]): string {
  const lines = peers.map(({ tunnelPublicKey, tunnelAddress }) => `${tunnelPublicKey} ${tunnelAddress}`);
  return [`peers ${lines.length}`, ...lines, 'end', ''].join('\n');
}

export interface PeerParts {
  readonly tunnelPeers: TunnelPeerStore;
  /** Undefined where this deployment has no hub of its own. */
  hub(): Promise<Hub | undefined>;
  readonly clock: Clock;
}

/** Tells the hub. Two sweeps at once tell it once; who dies in between has it told again a minute later. */
export async function tellHub(owed: PeersOwed, { tunnelPeers, hub, clock }: PeerParts): Promise<void> {
  const claimed = await tunnelPeers.claim(owed, clock.now());
  if (!claimed) return;
  const there = await hub();
  if (there) await there.tellPeers(peersText(await tunnelPeers.list()));
  await tunnelPeers.settle(claimed, clock.now());
}
