/** The wire to the router: `Socket.write` of this process, taken over once. One write is one sentence. */
import { connect, Socket } from 'node:net';
import type { Mode } from './modes.ts';
import { type Actor, actorNow, arriveLate, hold, judge, offStage } from './wires.ts';

type Write = (this: Socket, data: Uint8Array | string, ...rest: unknown[]) => boolean;

const original = Socket.prototype.write as Write;
/** All that was sent on a connection: a late sentence needs the login before it. */
const sent = new WeakMap<Socket, Buffer[]>();

export function takeOverRouter(port: () => number): void {
  const write: Write = function (data, ...rest) {
    const actor = actorNow();
    if (!actor || this.remotePort !== port()) return original.call(this, data, ...rest);
    sent.set(this, [...(sent.get(this) ?? []), Buffer.from(data)]);
    return writeAs(actor, this, data, rest);
  };
  Socket.prototype.write = write;
}

function writeAs(actor: Actor, socket: Socket, data: Uint8Array | string, rest: unknown[]): boolean {
  const word = /\/[a-z/-]+/.exec(Buffer.from(data).toString('latin1'))?.[0] ?? '?';
  const cut = (): boolean => {
    socket.destroy();
    return false;
  };
  let judged: ReturnType<typeof judge>;
  try {
    judged = judge(actor, { service: 'router', label: `router ${word}`, deed: undefined, orderId: '' });
  } catch {
    return cut();
  }
  const { call, mode } = judged;
  const go = () => original.call(socket, data, ...rest);
  switch (mode) {
    case undefined:
      return go();
    case 'kill-before':
    case 'fail-before':
      return cut();
    case 'late': {
      const { remoteAddress: host = '', remotePort: port = 0 } = socket;
      const bytes = Buffer.concat(sent.get(socket) ?? []);
      arriveLate(() => offStage(() => replay(host, port, bytes)));
      return cut();
    }
    case 'delay-before':
    case 'delay-kill':
      if (mode === 'delay-kill') onAnswer(actor, socket, mode);
      void hold(call).then(() => socket.destroyed || go());
      return true;
    case 'delay-after': {
      const emit = socket.emit.bind(socket) as (...event: unknown[]) => boolean;
      let waiting: Promise<void> | undefined;
      socket.emit = ((...event: unknown[]) => {
        if (event[0] !== 'data') return emit(...event);
        waiting = (waiting ?? hold(call)).then(() => void emit(...event));
        return true;
      }) as typeof socket.emit;
      return go();
    }
    default:
      onAnswer(actor, socket, mode);
      return go();
  }
}

/** The answer shows that it took effect; nobody hears it. */
function onAnswer(actor: Actor, socket: Socket, mode: Mode): void {
  const emit = socket.emit.bind(socket) as (...event: unknown[]) => boolean;
  socket.emit = ((...event: unknown[]) => {
    if (event[0] !== 'data') return emit(...event);
    if (mode.includes('kill')) actor.dead = true;
    socket.destroy();
    return true;
  }) as typeof socket.emit;
}

const REPLAY_MS = 60;

/** The same sentences on a connection of their own; their answers go nowhere. */
function replay(host: string, port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => original.call(socket, bytes));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    setTimeout(() => socket.destroy(), REPLAY_MS);
    socket.resume();
  });
}
