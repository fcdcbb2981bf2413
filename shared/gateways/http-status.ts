/** What a status says by itself, whichever gateway sent it. Only where the gateway said it, and not some proxy's page. */

/** About the key, and not about what was asked for: nothing is known of that, and only the company can mend it. */
export const refusesKey = (status: number): boolean => status === 401 || status === 403;

/** About the time: the same request may well succeed later, so it is no decision. */
export const asksForPatience = (status: number): boolean => status === 408 || status === 429;
