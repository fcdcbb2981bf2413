/** The stories the matrix strikes at: purchases, refunds, what gateways tell, disputes, and what the sweep does by itself. */
import { storiesOfDisputes } from './stories-of-disputes.ts';
import { storiesOfExtensions } from './stories-of-extensions.ts';
import { storiesOfNotices } from './stories-of-notices.ts';
import { storiesOfPurchases } from './stories-of-purchases.ts';
import { storiesOfRefunds } from './stories-of-refunds.ts';
import type { Scenario } from './story.ts';

export const scenarios: readonly Scenario[] = [
  ...storiesOfPurchases,
  ...storiesOfRefunds,
  ...storiesOfExtensions,
  ...storiesOfNotices,
  ...storiesOfDisputes,
];
