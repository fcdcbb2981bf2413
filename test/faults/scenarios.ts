/** The stories the matrix strikes at: purchases, refunds by the admin, and what the sweep does by itself. */
import { storiesOfPurchases } from './stories-of-purchases.ts';
import { storiesOfRefunds } from './stories-of-refunds.ts';
import type { Scenario } from './story.ts';

export const scenarios: readonly Scenario[] = [...storiesOfPurchases, ...storiesOfRefunds];
