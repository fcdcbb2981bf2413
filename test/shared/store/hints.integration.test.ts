import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HintStore, type HintSubject } from '#shared/store/hints.ts';
import { type Stage, startStage } from '../../stage/stage.ts';

let stage: Stage;
let hints: HintStore;
beforeAll(async () => {
  stage = await startStage();
  hints = new HintStore(stage.services.table);
});
afterAll(() => stage.stop());

const company = 'EMP_1';
const about = (purchaseId: number, namedId: string | null = null): HintSubject => ({
  kind: 'purchase',
  purchaseId,
  approvedId: null,
  namedId,
});

describe('a hint', () => {
  it('is due at once, and one item however often it is said', async () => {
    await hints.record(company, 'one', about(1), 1000);
    const again = await hints.record(company, 'one', about(1), 2000);
    expect(again).toMatchObject({ dueAt: 1000, firstAt: 1000, receivedAt: 2000 });
  });

  it('is taken by one of two who come at the same time, and left due by whoever dies over it', async () => {
    const hint = await hints.record(company, 'two', about(2), 1000);
    const taken = await Promise.all([hints.claim(hint, 61_000), hints.claim(hint, 61_000)]);
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await hints.find(company, 'two')).toMatchObject({ dueAt: 61_000, attempts: 1 });
  });

  it('can be read after it was settled: a message about it may come late', async () => {
    const hint = await hints.record(company, 'three', about(3), 1000);
    const claimed = await hints.claim(hint, 61_000);
    if (claimed) await hints.settle(claimed);
    expect(await hints.find(company, 'three')).toMatchObject({ dueAt: null, firstAt: null, attempts: 0 });
  });

  it('said again during a look stays due, and is looked into once the subject may be asked about again', async () => {
    const claimed = await hints.claim(await hints.record(company, 'four', about(4), 1000), 61_000);
    await hints.record(company, 'four', about(4), 2000);
    if (claimed) await hints.settle(claimed);
    expect(await hints.find(company, 'four')).toMatchObject({ dueAt: 61_000, firstAt: 1000 });
  });

  it('said again after a look is not due before its time', async () => {
    const claimed = await hints.claim(await hints.record(company, 'five', about(5), 1000), 61_000);
    if (claimed) await hints.settle(claimed);
    expect(await hints.record(company, 'five', about(5), 3000)).toMatchObject({ dueAt: 61_000, firstAt: 3000 });
    expect(await hints.record(company, 'five', about(5), 90_000)).toMatchObject({ dueAt: 61_000 });
  });

  it('that names nothing takes nothing from one that named a payment', async () => {
    await hints.record(company, 'six', about(6, 'pay_1'), 1000);
    expect((await hints.record(company, 'six', about(6), 2000)).subject).toEqual(about(6, 'pay_1'));
    expect((await hints.record(company, 'six', about(6, 'pay_2'), 3000)).subject).toEqual(about(6, 'pay_2'));
  });
});
