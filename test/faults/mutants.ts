/** Known bugs, each as a change of our sources. A harness that does not find them proves nothing. */
export interface Patch {
  readonly file: string;
  /** Must stand there exactly once: a mutant whose place is gone fails loudly. */
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** Where it is looked for first, to save time: the whole matrix holds these cells too. */
  readonly hint: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'row written after the charge',
    hint: 'purchase / conekta / buyer / POST /orders/:id/charges',
    patches: [
      {
        file: 'shared/purchases/buy.ts',
        from: `  const { purchase: charging } = await settle(created, { kind: 'charge-sent', orderRef: opened.orderRef }, parts);
`,
        to: `  const answered = await gateway.charge(opened.orderRef, order.card, intent, call);
  const { purchase: charging } = await settle(created, { kind: 'charge-sent', orderRef: opened.orderRef }, parts);
`,
      },
      {
        file: 'shared/purchases/buy.ts',
        from: `
  const answered = await gateway.charge(opened.orderRef, order.card, intent, call);
  let settled`,
        to: `
  let settled`,
      },
    ],
  },
  {
    name: 'purchase version forgotten in a money write',
    hint: 'refund-crosses-sweep / ',
    patches: [
      {
        file: 'shared/store/purchases.ts',
        from: `  expression: '#version = :version AND #state = :state',
  values: { ':version': before.version, ':state': before.state },`,
        to: `  expression: '#state = :state',
  values: { ':state': before.state },`,
      },
    ],
  },
  {
    name: 'access version forgotten in a money write',
    hint: 'refund-crosses-delivery / ',
    patches: [
      {
        file: 'shared/store/purchases.ts',
        from: 'condition: unchanged(access.before),',
        to: `condition: { expression: 'attribute_exists(pk)' },`,
      },
    ],
  },
  {
    name: 'refund not read first',
    hint: 'refund-lost-after / conekta / ',
    patches: [
      {
        file: 'shared/purchases/refund.ts',
        from: 'const seen = await readBack(retried?.purchase ?? purchase, orderRef, parts);',
        to: `const current = retried?.purchase ?? purchase;
  const amount = { minor: current.amountMinor, currency: current.currency };
  const unread = { paymentId: current.paymentId, amount, refundedMinor: 0, pendingMinor: 0, dispute: null };
  const asked = await askGateway(current, parts, () => Promise.resolve({ kind: 'known', payments: [unread] }));
  const seen = { asked, purchase: current, payments: [unread] };`,
      },
    ],
  },
  {
    name: 'refund sent again while an attempt is open',
    hint: 'refund-late / conekta / ',
    patches: [
      {
        file: 'shared/purchases/refund.ts',
        from: 'if (refundAttempt && parts.clock.now() < refundAttempt.sentAt + REFUND_READ_ONLY_MS) return seen.purchase;',
        to: 'void refundAttempt;',
      },
    ],
  },
  {
    name: 'a change of desired that leaves observed as it was',
    hint: 'refund / conekta / worker 1 / router /ip/hotspot/user/add',
    patches: [
      {
        file: 'shared/access/access.ts',
        from: `    observed: 'unknown',
    wantedSince: now,`,
        to: `    wantedSince: now,`,
      },
    ],
  },
  {
    // As it was known before the visit, instead of what this visit read back.
    name: 'delivered derived from observed',
    hint: 'purchase / conekta / worker 1 / ',
    patches: [
      {
        file: 'shared/access/converge.ts',
        from: `outcome.kind === 'converged' && outcome.observed === 'present' ? after.grants : [];`,
        to: `access.observed === 'present' ? access.grants : [];`,
      },
    ],
  },
  {
    name: 'no lease on the router',
    hint: 'refund / conekta / worker 1 / router /ip/hotspot/user/add',
    patches: [
      {
        file: 'shared/store/router-health.ts',
        from: `expression: 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR leaseOwner = :owner',`,
        to: `expression: 'attribute_not_exists(leaseUntil) OR attribute_exists(pk) OR leaseUntil <= :now OR leaseOwner = :owner',`,
      },
      // Without a lease nobody knows who crashed either.
      {
        file: 'shared/store/router-health.ts',
        from: `const crashed = leaseBefore !== owner && accessBefore !== '';`,
        to: `const crashed = leaseBefore === owner && accessBefore === owner;`,
      },
    ],
  },
  {
    name: 'a hint settled although somebody spoke again',
    hint: 'told-again / ',
    patches: [
      {
        file: 'shared/store/hints.ts',
        from: `{ expression: '#dueAt = :due AND #receivedAt = :received', values: { ':due': dueAt, ':received': receivedAt } },`,
        to: `{ expression: '#dueAt = :due', values: { ':due': receivedAt === 0 ? 0 : dueAt } },`,
      },
    ],
  },
  {
    name: 'a dispute that leaves the access present',
    hint: 'dispute-opened / ',
    patches: [
      {
        file: 'shared/purchases/purchase.ts',
        from: `  if (purchase.withdrawnAt !== null) return false;
  if (purchase.state === 'paid') return true;`,
        to: `  if (purchase.state === 'paid' || purchase.state === 'disputed') return true;`,
      },
    ],
  },
  {
    name: 'a webhook believed without asking',
    hint: 'forged-unsigned / ',
    patches: [
      {
        file: 'shared/purchases/follow-hint.ts',
        from: `  if (typeof found === 'string') return found;
`,
        to: `  if (typeof found === 'string') return found;
  const told = { paymentId: 'told', amount: { minor: found.amountMinor, currency: found.currency }, live: false };
  if (found.state === 'action_required') await settle(found, { kind: 'approved', approval: told }, parts);
`,
      },
      {
        file: 'shared/purchases/follow-hint.ts',
        from: `import type { SettleParts } from './settle.ts'`,
        to: `import { settle, type SettleParts } from './settle.ts'`,
      },
    ],
  },
];
