import { randomUUID } from 'node:crypto';
import { keys, NOT_THERE, type Write } from './table.ts';

/** What was done, in our words: `<what>.<verb>`. */
export type AuditedAction = 'router-kit.print' | 'router-tunnel-key.set';

/** Who did what to what, and when. Never a secret. */
export interface AuditEntry {
  readonly at: number;
  readonly userId: number;
  readonly action: AuditedAction;
  /** Id of what it was done to. */
  readonly subject: string;
  readonly details?: Readonly<Record<string, string | number>>;
}

/** For whoever writes it together with what it tells of: what is not in the trail did not happen. */
export const auditWrite = (companyId: string, entry: AuditEntry): Write => ({
  kind: 'put',
  key: keys.audit(companyId, entry.at, randomUUID()),
  item: { ...entry },
  condition: NOT_THERE,
});
