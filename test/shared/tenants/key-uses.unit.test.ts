import { describe, expect, it } from 'vitest';
import { KeyUses } from '#shared/tenants/key-uses.ts';

function counting() {
  const reports: { uses: number; at: number }[] = [];
  const uses = new KeyUses({
    recordUse: (_hash, count, at) => Promise.resolve(void reports.push({ uses: count, at })),
  });
  return { reports, uses };
}

describe('the use counter of an API key', () => {
  it('is written at once for the first use ever', async () => {
    const { reports, uses } = counting();
    await uses.record({ hash: 'a', useCount: 0 }, 1000);
    expect(reports).toEqual([{ uses: 1, at: 1000 }]);
  });

  it('then gathers uses and writes them every thirty seconds', async () => {
    const { reports, uses } = counting();
    for (const at of [1000, 2000, 20_000, 31_000, 40_000]) await uses.record({ hash: 'a', useCount: 7 }, at);
    expect(reports).toEqual([{ uses: 4, at: 31_000 }]);
  });

  it('keeps keys apart', async () => {
    const { reports, uses } = counting();
    await uses.record({ hash: 'a', useCount: 0 }, 1);
    await uses.record({ hash: 'b', useCount: 0 }, 1);
    expect(reports).toHaveLength(2);
  });
});
