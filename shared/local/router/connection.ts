import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { pause } from '../../platform/clock.ts';
import type { Answer } from './commands.ts';
import type { Fault, Faults } from './faults.ts';
import { Trap } from './hotspot.ts';
import { NotTheProtocol, parseRequest, type Request, sentenceBytes, SentenceReader } from './sentences.ts';
import type { TrafficLog } from './traffic.ts';
import { hasTrait } from './version.ts';

export interface Service {
  readonly faults: Faults;
  readonly traffic: TrafficLog;
  readonly user: string;
  readonly password: string;
  /** Carries a command out. @throws Trap */
  readonly run: (request: Request) => Answer;
  readonly version: () => string;
}

/** Speaks the RouterOS API on one accepted socket. */
export function serve(socket: Socket, service: Service): void {
  const connection = new Connection(socket, service);
  const reader = new SentenceReader();
  socket.on('data', (chunk) => {
    try {
      for (const sentence of reader.read(chunk)) connection.receive(parseRequest(sentence));
    } catch (error) {
      if (!(error instanceof NotTheProtocol)) throw error;
      socket.destroy();
    }
  });
}

/** `!re`, `!done` and so on with their words, without the tag. */
type Sentence = readonly [replyWord: string, ...words: string[]];
type Interruption = Extract<Fault, { name: 'silence' | 'close' | 'reset' | 'fatal' }>;
type Delivery = Extract<Fault, { name: 'delay' | 'slow' | 'split-answer' | 'cut-answer' }>;

const BAD_LOGIN = 'invalid user name or password (6)';

class Connection {
  readonly #socket: Socket;
  readonly #service: Service;
  #loggedIn = false;
  #challenge: string | undefined;
  #delivering: Promise<void> | undefined;

  constructor(socket: Socket, service: Service) {
    this.#socket = socket;
    this.#service = service;
  }

  receive(request: Request): void {
    const { faults, traffic } = this.#service;
    traffic.saw(request);
    const { path } = request;
    if (path === '/quit') return this.#fatal('session terminated on request');
    if (!this.#loggedIn && path !== '/login') return this.#fatal('not logged in');
    const fault = faults.strike(['silence', 'close', 'reset', 'fatal'], path);
    if (fault?.when === 'before') return this.#interrupt(fault);
    const sentences = this.#answer(request);
    if (fault) return this.#interrupt(fault);
    this.#deliver(this.#encode(sentences, request), path);
  }

  #answer(request: Request): Sentence[] {
    const { faults, run, version } = this.#service;
    const { path } = request;
    try {
      const refusal = faults.strike(['trap'], path);
      if (refusal) throw new Trap(refusal.message, refusal.category);
      if (path.startsWith('/ip/hotspot/') && faults.strike(['device-mode'])) {
        throw new Trap('failure: not allowed by device-mode');
      }
      const { rows, ret } = path === '/login' ? this.#logIn(request) : run(request);
      const done: Sentence = ret === undefined ? ['!done'] : ['!done', `=ret=${ret}`];
      const twice = faults.strike(['duplicate-done'], path) ? [done] : [];
      const saysEmpty =
        rows?.length === 0 && hasTrait(version(), 'empty-answers') && !faults.strike(['no-empty'], path);
      if (saysEmpty) return [['!empty'], done, ...twice];
      const found = rows ?? [];
      return [
        ...found.map((row): Sentence => ['!re', ...Object.entries(row).map(([name, value]) => `=${name}=${value}`)]),
        done,
        ...twice,
      ];
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      const category = error.category === undefined ? [] : [`=category=${error.category}`];
      return [['!trap', ...category, `=message=${error.message}`], ['!done']];
    }
  }

  /** Both logins of routeros.md 1.3. An old router answers a password in clear with a challenge, too. */
  #logIn({ attributes }: Request): Answer {
    const { faults, traffic, user, password, version } = this.#service;
    const old = !hasTrait(version(), 'login-in-clear') || faults.strike(['challenge-login']) !== undefined;
    const response = attributes.get('response');
    if (old && response === undefined) {
      this.#challenge = randomBytes(16).toString('hex');
      return { ret: this.#challenge };
    }
    const right = old ? response === this.#expectedResponse() : attributes.get('password') === password;
    this.#challenge = undefined;
    if (!right || attributes.get('name') !== user || faults.strike(['wrong-login'])) {
      throw new Trap(old ? 'cannot log in' : BAD_LOGIN);
    }
    this.#loggedIn = true;
    traffic.logins += 1;
    return {};
  }

  #expectedResponse(): string | undefined {
    if (this.#challenge === undefined) return undefined;
    const secret = Buffer.concat([
      Buffer.from([0]),
      Buffer.from(this.#service.password, 'utf8'),
      Buffer.from(this.#challenge, 'hex'),
    ]);
    return `00${createHash('md5').update(secret).digest('hex')}`;
  }

  #encode(sentences: readonly Sentence[], { tag, path }: Request): Buffer {
    const { faults } = this.#service;
    const tagWords = tag === undefined || faults.strike(['untagged'], path) ? [] : [`.tag=${tag}`];
    const tagFirst = faults.strike(['tag-first'], path) !== undefined;
    const bytes = sentences.map(([replyWord, ...words]) =>
      sentenceBytes(tagFirst ? [replyWord, ...tagWords, ...words] : [replyWord, ...words, ...tagWords]),
    );
    return Buffer.concat(bytes);
  }

  #interrupt(fault: Interruption): void {
    switch (fault.name) {
      case 'silence':
        return;
      case 'close':
        this.#socket.end();
        return;
      case 'reset':
        this.#socket.resetAndDestroy();
        return;
      case 'fatal':
        this.#fatal(fault.message);
        return;
    }
  }

  #fatal(reason: string): void {
    this.#socket.end(sentenceBytes(['!fatal', reason]));
  }

  /** One write per answer. Held-back answers keep the order of the answers behind them. */
  #deliver(bytes: Buffer, path: string): void {
    const how = this.#service.faults.strike(['delay', 'slow', 'split-answer', 'cut-answer'], path);
    if (!how && !this.#delivering) this.#socket.write(bytes);
    else this.#delivering = (this.#delivering ?? Promise.resolve()).then(() => this.#deliverFaulty(bytes, how));
  }

  async #deliverFaulty(bytes: Buffer, how: Delivery | undefined): Promise<void> {
    const socket = this.#socket;
    switch (how?.name) {
      case undefined:
        socket.write(bytes);
        return;
      case 'delay':
        await pause(how.ms);
        socket.write(bytes);
        return;
      case 'slow':
        for (let at = 0; at < bytes.length && !socket.destroyed; at += how.bytes) {
          socket.write(bytes.subarray(at, at + how.bytes));
          await gap(how.ms);
        }
        return;
      case 'split-answer':
        socket.write(bytes.subarray(0, how.at));
        await gap(how.ms);
        socket.write(bytes.subarray(how.at));
        return;
      case 'cut-answer':
        socket.end(bytes.subarray(0, how.at));
        return;
    }
  }
}

/**
 * Between two pieces of an answer. Even with no time in it a client in this process reads the first piece before the second
 * is written: sockets are read once between the two turns of the event loop.
 */
async function gap(ms: number): Promise<void> {
  if (ms > 0) return pause(ms);
  await setImmediate();
  await setImmediate();
}
