import type { Reply } from '#shared/gateways/mercado-pago/payment.ts';

export const answered = (body: unknown): Reply => ({ kind: 'answered', body });
export const refused = (status: number, readable = true): Reply => ({ kind: 'refused', status, readable });
export const lost: Reply = { kind: 'lost', cause: 'timeout' };
export const unknown = (cause: string) => ({ kind: 'unknown', cause });
