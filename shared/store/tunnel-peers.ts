import * as z from 'zod';
import { DUE_PARTITION, keys, lists, type Table, type Write } from './table.ts';

/** "Tell the hub who may dial in": owed from the moment a router's key came or went, and once a day. */
export const peersOwedSchema = z.object({
  /** How often it is still to be told: the list of routers lags behind the write that owes this. */
  rounds: z.number(),
  dueAt: z.number().nullable().default(null),
});
export type PeersOwed = z.infer<typeof peersOwedSchema>;

/** A router's end of the tunnel, as the hub has to know it. */
export const peerSchema = z.object({
  tunnelPublicKey: z.string(),
  tunnelAddress: z.string(),
  listSk: z.string(),
});
export type Peer = z.infer<typeof peerSchema>;

const ROUNDS = 2;
const AGAIN_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const PAGE = 1000;

/** Due at once, whatever stood there before: part of the write that changes who may dial in. */
export const peersOwed = (): Extract<Write, { kind: 'update' }> => ({
  kind: 'update',
  key: keys.tunnelPeers(),
  update: 'SET #rounds = :rounds, #duePk = :due, #dueAt = :at',
  values: { ':rounds': ROUNDS, ':due': DUE_PARTITION, ':at': 0 },
});

export class TunnelPeerStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Everybody who may dial in, in an order that is always the same. */
  async list(): Promise<Peer[]> {
    const peers: Peer[] = [];
    for (let after = ''; ;) {
      const page = await this.#table.queryListPage(lists.tunnel, peerSchema, after, PAGE);
      peers.push(...page);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return peers;
      after = last.listSk;
    }
  }

  /** @returns what has to be settled when it is done, or undefined when somebody else is at it, or it is owed anew */
  async claim({ dueAt }: PeersOwed, now: number): Promise<PeersOwed | undefined> {
    return this.#advance(dueAt, now + AGAIN_MS, 0);
  }

  /** Told: once more in a minute, or tomorrow; owed as it is where somebody came or went meanwhile. */
  async settle({ rounds, dueAt }: PeersOwed, now: number): Promise<void> {
    await this.#advance(dueAt, rounds > 1 ? now + AGAIN_MS : now + DAY_MS, rounds > 1 ? 1 : rounds);
  }

  async #advance(from: number | null, to: number, told: number): Promise<PeersOwed | undefined> {
    const item = await this.#table.update(
      keys.tunnelPeers(),
      'SET #dueAt = :to, #rounds = #rounds - :told',
      { ':to': to, ':told': told },
      { expression: '#dueAt = :from', values: { ':from': from } },
    );
    return item && peersOwedSchema.parse(item);
  }
}
