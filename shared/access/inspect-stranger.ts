/** What a code that was not sold here still gives: its router's own word, no books of ours beside it. */
import type { Clock } from '../platform/clock.ts';
import type { Task } from '../routers/worker.ts';
import type { SecretBox } from '../security/secret-box.ts';
import { shownUser } from './inspect-user.ts';
import { findStranger } from './stranger.ts';

interface TaskParts {
  readonly accessCodes: SecretBox;
  readonly clock: Clock;
}

/** Reads one user and, where its password is the one given, its sessions and its profile; touches nothing. */
export const inspectStrangerTask =
  ({ accessCodes, clock }: TaskParts): Task =>
  async ({ job, open }) => {
    const { task, sealed } = job;
    if (task.kind !== 'inspect-stranger' || sealed === undefined || clock.now() >= task.until)
      return { outcome: { kind: 'dropped' }, recorded: false };
    const given = await accessCodes.open(job.companyId, sealed);
    const session = await open();
    const found = await findStranger(session, task.username, given);
    const user = found
      ? shownUser(found, ...(await Promise.all([session.sessionsOf(found.name), session.profiles()])))
      : null;
    return { outcome: { kind: 'stranger-inspected', user }, recorded: false };
  };
