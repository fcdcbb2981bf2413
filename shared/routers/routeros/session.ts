import { RouterFault, type RouterTarget } from '../client.ts';
import { challengeResponse, isChallenge } from './login.ts';
import { quoted } from './refusals.ts';
import { Wire } from './wire.ts';
import { parseReply, type Reply, type Row, WordError } from './words.ts';

/** More rows than the largest router holds; a stream without end stops here. */
const MAX_ROWS = 200_000;

export type Answer =
  | {
      readonly kind: 'done';
      readonly rows: readonly Row[];
      /** What `!done` itself carried, such as `ret`. */
      readonly done: Row;
    }
  | {
      readonly kind: 'trap';
      readonly text: string;
      /** 0 to 7 (routeros.md 1.2); not every trap has one, and one alone decides nothing. */
      readonly category: number | undefined;
    };

type Trap = Extract<Answer, { kind: 'trap' }>;

interface Pending {
  readonly words: readonly string[];
  readonly rows: Row[];
  trap: Trap | undefined;
  readonly settle: (answer: Answer) => void;
  readonly fail: (fault: RouterFault) => void;
}

/**
 * One connection to one router, logged in, for one job. Every promise ends by its deadline or by the connection's end,
 * whichever comes first; after either the session is over and is never used again.
 */
export class ApiSession {
  readonly #wire: Wire;
  readonly #commandDeadlineMs: number;
  readonly #pending = new Map<string, Pending>();
  #lastTag = 0;
  #loggedIn = false;
  #ended: RouterFault | undefined;
  readonly #connected = Promise.withResolvers<string | null>();
  #fingerprint: string | null = null;

  private constructor(target: RouterTarget, commandDeadlineMs: number) {
    this.#commandDeadlineMs = commandDeadlineMs;
    // The session may end before anyone waits for the connection; that is no unhandled rejection.
    this.#connected.promise.catch(() => undefined);
    this.#wire = new Wire(target, {
      connected: (fingerprint) => this.#connected.resolve(fingerprint),
      sentence: (words) => this.#receive(parseReply(words)),
      closed: (cause, kind) => this.#end(cause, kind),
    });
  }

  /**
   * Connects and logs in, by either login (plain since 6.43, MD5 challenge before).
   *
   * @param deadlineMs for connecting and logging in together
   * @throws RouterFault `unreachable`, `certificate-changed`, `login-refused` or `usage`
   */
  static async open(target: RouterTarget, deadlineMs: number, commandDeadlineMs: number): Promise<ApiSession> {
    const session = new ApiSession(target, commandDeadlineMs);
    const timer = setTimeout(() => session.#end(`no login within ${deadlineMs} ms`), deadlineMs);
    try {
      session.#dial();
      session.#fingerprint = await session.#connected.promise;
      await session.#logIn(target);
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends one command and collects its answer.
   *
   * @param words command, attributes and queries; the tag is added here
   * @throws RouterFault `answer-lost` when it was sent and not answered, `unreachable` when the connection had ended
   *   before it was sent, `usage` when it cannot be sent. A trap is an answer, not a fault.
   */
  async command(words: readonly string[]): Promise<Answer> {
    const timer = setTimeout(
      () => this.#end(`no answer within ${this.#commandDeadlineMs} ms`),
      this.#commandDeadlineMs,
    );
    try {
      return await this.#exchange(words);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Destroys the socket at once; answers still awaited are lost. */
  close(): void {
    this.#end('closed by us', 'usage');
  }

  /** As in `RouterSession`. */
  get fingerprint(): string | null {
    return this.#fingerprint;
  }

  /** What a log or `JSON.stringify` may see of it (F26). */
  toJSON(): { readonly open: boolean } {
    return { open: this.#ended === undefined };
  }

  #dial(): void {
    try {
      this.#wire.connect();
    } catch (error) {
      throw error instanceof RangeError ? new RouterFault('usage', 'not a port that can be dialled') : error;
    }
  }

  async #logIn({ username, password }: RouterTarget): Promise<void> {
    const user = `=name=${username}`;
    const plain = await this.#exchange(['/login', user, `=password=${password.reveal()}`]);
    const challenge = challengeOf(plain);
    if (challenge !== undefined) {
      const response = challengeResponse(password, challenge);
      const again = challengeOf(await this.#exchange(['/login', user, `=response=${response}`]));
      if (again !== undefined) throw new RouterFault('unreachable', 'the login was challenged twice');
    }
    this.#loggedIn = true;
  }

  #exchange(words: readonly string[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended;
      const tag = String(++this.#lastTag);
      try {
        this.#wire.write([...words, `.tag=${tag}`]);
      } catch (error) {
        throw error instanceof WordError ? new RouterFault('usage', error.message) : error;
      }
      this.#pending.set(tag, { words, rows: [], trap: undefined, settle: resolve, fail: reject });
    });
  }

  #receive(reply: Reply): void {
    // After the end, sentences of the same chunk may still come.
    if (this.#ended) return;
    if (reply.kind === 'fatal') return this.#end(`the router ended the session: ${this.#reasonOf(reply)}`);
    if (reply.tag === undefined) return this.#end('untagged reply');
    const pending = this.#pending.get(reply.tag);
    // A late or second reply to a command already settled (F9).
    if (!pending) return;
    switch (reply.kind) {
      case 're':
        if (pending.rows.push(reply.attributes) > MAX_ROWS) this.#end('too many rows');
        return;
      case 'trap':
        pending.trap ??= trapOf(reply);
        return;
      case 'done':
        this.#pending.delete(reply.tag);
        pending.settle(pending.trap ?? { kind: 'done', rows: pending.rows, done: reply.attributes });
        return;
      case 'empty':
      case 'other':
        return;
    }
  }

  /** A `!fatal` has no tag: it may repeat words of any command that is under way. */
  #reasonOf(fatal: Reply): string {
    const words = [...this.#pending.values()].flatMap((pending) => pending.words);
    return quoted(messageOf(fatal), words) || 'no reason given';
  }

  /** The one way a session ends. Commands already sent lose their answer; later ones were never sent. */
  #end(cause: string, later: 'unreachable' | 'certificate-changed' | 'usage' = 'unreachable'): void {
    if (this.#ended) return;
    this.#ended = new RouterFault(later, cause);
    this.#wire.destroy();
    this.#connected.reject(this.#ended);
    const fault = new RouterFault(this.#loggedIn ? 'answer-lost' : 'unreachable', cause);
    for (const pending of this.#pending.values()) pending.fail(fault);
    this.#pending.clear();
  }
}

const messageOf = (reply: Reply): string => reply.attributes.get('message') ?? reply.text;

function trapOf(reply: Reply): Trap {
  const category = reply.attributes.get('category');
  return { kind: 'trap', text: messageOf(reply), category: category === undefined ? undefined : Number(category) };
}

/** What a login's answer asks for: a response to this challenge, or nothing more. Rows make it no login's answer (F23). */
function challengeOf(answer: Answer): string | undefined {
  // The router's text stays out: it may repeat the user's name.
  if (answer.kind === 'trap') throw new RouterFault('login-refused', 'the router refused the login');
  const challenge = answer.done.get('ret');
  if (answer.rows.length > 0) throw new RouterFault('unreachable', 'the login was answered with rows');
  if (challenge !== undefined && !isChallenge(challenge)) {
    throw new RouterFault('unreachable', 'the login challenge is not hexadecimal');
  }
  return challenge;
}
