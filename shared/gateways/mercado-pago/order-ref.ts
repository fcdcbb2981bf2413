/**
 * What ties a payment to its purchase. It is known before any call, so a payment can be searched for whose answer was lost.
 * The prefix keeps every other payment of the company's account out of our hands.
 */
export function orderRefOf({ purchaseId }: { readonly purchaseId: number }): string {
  return `HS${purchaseId}`;
}

/** The inverse. @returns undefined for a payment that is none of ours, such as HS007, which we never write */
export function purchaseIdIn(reference: unknown): number | undefined {
  const [, digits] = typeof reference === 'string' ? (/^HS([1-9]\d{0,15})$/.exec(reference) ?? []) : [];
  const purchaseId = Number(digits);
  return digits !== undefined && Number.isSafeInteger(purchaseId) ? purchaseId : undefined;
}
