/** Logging a phone in again with a code that was not sold here. */
import type { Clock } from '../platform/clock.ts';
import type { Task } from '../routers/worker.ts';
import type { SecretBox } from '../security/secret-box.ts';
import { logInDevice, openedSession } from './log-in-device.ts';
import { findStranger } from './stranger.ts';

interface TaskParts {
  readonly accessCodes: SecretBox;
  readonly clock: Clock;
}

const WRONG = { outcome: { kind: 'stranger', logIn: null }, recorded: false } as const;

export const reconnectStrangerTask =
  ({ accessCodes, clock }: TaskParts): Task =>
  async ({ job, open }) => {
    const { task, sealed } = job;
    if (task.kind !== 'reconnect-stranger' || sealed === undefined || clock.now() >= task.until)
      return { outcome: { kind: 'dropped' }, recorded: false };
    const { username, macAddress } = task;
    const given = await accessCodes.open(job.companyId, sealed);
    const session = await open();
    const found = await findStranger(session, username, given);
    if (!found || found.disabled) return WRONG;
    // A router that hides passwords shows none: whether this is a PIN, the router itself has to say.
    const isProven = found.password.reveal() !== '';
    const device = { user: username, password: found.password, macAddress, mayHaveSession: true, isProven };
    const loggedIn = await logInDevice(session, device);
    if (loggedIn.kind === 'refused' && loggedIn.reason === 'bad-credentials') return WRONG;
    return {
      outcome: {
        kind: 'stranger',
        logIn: loggedIn.kind,
        ...(loggedIn.kind === 'connected' && { session: openedSession(loggedIn.session) }),
      },
      recorded: false,
    };
  };
