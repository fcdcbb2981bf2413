import { describe, expect, it } from 'vitest';
import type { HotspotHost, RouterSession } from '#shared/routers/client.ts';
import { findHostTask } from '#shared/routers/find-host.ts';

const MAC = 'AA:BB:CC:00:11:22';

/** Does the job on a router whose host table is `hosts`. */
async function look(hosts: readonly string[]) {
  const found = (macAddress: string): HotspotHost | undefined =>
    hosts.includes(macAddress) ? { macAddress, address: '10.5.50.2', authorized: false } : undefined;
  const session = { findHost: (mac: string) => Promise.resolve(found(mac)) } as RouterSession;
  const task = { kind: 'find-host' as const, macAddress: MAC, until: 1 };
  const done = await findHostTask({
    job: { id: 'j', companyId: 'EMP_1', routerId: 'RTR_1', task, createdAt: 0, outcome: null },
    access: undefined,
    profiles: [],
    open: () => Promise.resolve(session),
    failed: () => undefined,
    probed: () => undefined,
  });
  return done.outcome;
}

describe('looking for a device in a router`s host table', () => {
  it('says whether it is there', async () => {
    expect(await look(['AA:BB:CC:00:11:99', MAC])).toEqual({ kind: 'host-looked-up', isThere: true });
    expect(await look(['AA:BB:CC:00:11:99'])).toEqual({ kind: 'host-looked-up', isThere: false });
  });
});
