/** What repairers, banks and mail carriers do at the end of a run, without us. */
import type { Run } from './run.ts';

/** The trouble is over: from here on only time passes. */
export async function mendEverything({ world, far, mail, listens }: Run): Promise<void> {
  far.mend();
  await world.router.clearFaults();
  await far.releaseLate();
  far.settle('paid');
  far.settleRefunds('refunded');
  // The last word as well: what the bank decides now is told like everything else.
  if (listens) await mail.deliver();
}
