import { describe, expect, it } from 'vitest';
import type { HotspotHost, RouterSession } from '#shared/routers/client.ts';
import { findHostTask } from '#shared/routers/find-host.ts';
import { ManualClock } from '../../stage/manual-clock.ts';

const MAC = 'AA:BB:CC:00:11:22';
const clock = new ManualClock();

/** Does the job on a router whose host table is `hosts`. */
async function look(hosts: readonly string[], untilMs: number) {
  let opened = 0;
  const found = (macAddress: string): HotspotHost | undefined =>
    hosts.includes(macAddress) ? { macAddress, address: '10.5.50.2', authorized: false } : undefined;
  const session = { findHost: (mac: string) => Promise.resolve(found(mac)) } as RouterSession;
  const task = { kind: 'find-host' as const, macAddress: MAC, until: clock.now() + untilMs };
  const done = await findHostTask(clock)({
    job: { id: 'j', companyId: 'EMP_1', routerId: 'RTR_1', task, createdAt: clock.now(), outcome: null },
    access: undefined,
    open: () => {
      opened += 1;
      return Promise.resolve(session);
    },
    failed: () => undefined,
    probed: () => undefined,
  });
  return { ...done.outcome, opened };
}

describe('looking for a device in a router`s host table', () => {
  it('says whether it is there', async () => {
    expect(await look(['AA:BB:CC:00:11:99', MAC], 1)).toEqual({ kind: 'host-looked-up', isThere: true, opened: 1 });
    expect(await look(['AA:BB:CC:00:11:99'], 1)).toEqual({ kind: 'host-looked-up', isThere: false, opened: 1 });
  });

  it('is dropped, and the router left alone, when nobody waits any more', async () => {
    expect(await look([MAC], 0)).toEqual({ kind: 'dropped', opened: 0 });
  });
});
