import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
// Not the package's index: that one asks for a module it does not bring when `ENV` is `testing`, and bundlers trip over it.
import { Connector } from 'node-routeros/dist/connector/Connector.js';
import { type RouterTarget, TLS_PORT } from '../client.ts';
import { encodeSentence, ProtocolError, SentenceParser } from './words.ts';

export interface WireListener {
  /** @param fingerprint as in `RouterSession` */
  connected(fingerprint: string | null): void;
  sentence(words: string[]): void;
  /** Comes exactly once, whoever closed. @param cause for a log: an error code, never a host, never words */
  closed(cause: string, kind: 'unreachable' | 'certificate-changed'): void;
}

/**
 * node-routeros' `Connector`, fenced. The package opens the socket, plain or TLS, and says when it is connected. What it
 * does afterwards kills the process or leaves callers waiting for ever (routeros.md 2.2), so each of its seams is taken
 * over here, on this object only. Fault numbers F1-F26 are those of that table.
 *
 * Its `RouterOSAPI` and `Channel` are not used at all: `session.ts` stands in their place (F1, F2, F4, F7-F10, F13, F14,
 * F16, F17, F20, F21, F23-F26).
 */
export class Wire extends Connector {
  readonly #listener: WireListener;
  readonly #parser = new SentenceParser();
  readonly #pinned: string | null;
  #isAdmitted = false;
  #cause = 'closed by the router';
  #kind: 'unreachable' | 'certificate-changed' = 'unreachable';

  /**
   * Nobody vouches for the certificates that routers make themselves, so Node is told not to ask: what a router has to show
   * is judged in `#admit`, and `write` lets nothing out before. The handshake has proved by then that the far end holds the
   * key of what it shows. Suites without a certificate (ADH) are never offered.
   */
  constructor({ host, port, pinned }: Pick<RouterTarget, 'host' | 'port' | 'pinned'>, listener: WireListener) {
    super({ host, port, timeout: 1, ...(port === TLS_PORT && { tls: { rejectUnauthorized: false } }) });
    this.#listener = listener;
    this.#pinned = pinned;
    // An `error` event without a listener ends the process (F4, F5). The socket's own event tells us the cause.
    this.on('error', () => undefined);
    this.once('connected', () => this.#admit());
  }

  override connect(): this {
    super.connect();
    const socket = this.#socket();
    // The package's parser throws inside this event, loses last bytes and mis-reads cut lengths (F1, F3, F9, F11, F12).
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // No idle time-out of the package's (F5): every promise has its own deadline.
    socket.setTimeout(0);
    socket.on('error', (error) => this.#explain(codeOf(error)));
    socket.once('close', () => this.#listener.closed(this.#cause, this.#kind));
    socket.setNoDelay(true);
    return this;
  }

  /**
   * Encodes as UTF-8, in one write (the package: Windows-1252, one write per word; F18, F19).
   *
   * @throws WordError before the first byte leaves
   */
  override write(words: readonly string[]): this {
    if (!this.#isAdmitted) throw new Error('Nothing is said before it is known to whom');
    this.#socket().write(encodeSentence(words));
    return this;
  }

  /** Never waits for the peer (F14), and keeps the `error` listener, which the package would remove. */
  override destroy(): void {
    this.#socket().destroy();
  }

  override close(): void {
    this.destroy();
  }

  /** Pinned means pinned, whoever vouches for another one: authorities sign for whoever holds a name, and names move. */
  #admit(): void {
    const fingerprint = fingerprintOf(this.#socket());
    if (fingerprint === 'none') return this.#refuse('no certificate', 'unreachable');
    if (this.#pinned !== null && fingerprint !== this.#pinned)
      return this.#refuse('another certificate', 'certificate-changed');
    this.#isAdmitted = true;
    this.#listener.connected(fingerprint);
  }

  #refuse(cause: string, kind: 'unreachable' | 'certificate-changed'): void {
    this.#kind = kind;
    this.#explain(cause);
    this.destroy();
  }

  #read(chunk: Buffer): void {
    // Nothing was asked yet.
    if (!this.#isAdmitted) return;
    try {
      for (const sentence of this.#parser.push(chunk)) this.#listener.sentence(sentence);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#explain(error.message);
      this.destroy();
    }
  }

  #explain(cause: string): void {
    this.#cause = cause;
  }

  /** The package hides its socket from its types; it exists as soon as `connect` has run. */
  #socket(): Socket {
    const socket: unknown = Reflect.get(this, 'socket');
    if (!(socket instanceof Socket)) throw new TypeError('node-routeros has no socket: is it version 1.6.9?');
    return socket;
  }
}

/** null on a plain connection. */
function fingerprintOf(socket: Socket): string | 'none' | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerX509Certificate();
  return certificate ? certificate.fingerprint256.replaceAll(':', '').toLowerCase() : 'none';
}

/** Node's error code. The package loses it (F15); the message may hold the host, so it is not used. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
