import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { type Measured, metricLine } from './metrics.ts';

type Fields = Readonly<Record<string, unknown>>;
type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
const levels: readonly Level[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Where lines go: standard output on Lambda (CloudWatch reads it), a file in the sandbox. */
export type LogSink = (line: string) => void;
export const standardOutput: LogSink = (line) => void process.stdout.write(line);

/**
 * One JSON line per event. Callers pass ids and outcomes, never bodies, tokens or gateway error objects; a `Secret`
 * that slips in prints as its mask. An `alarm` field marks a line that a person has to see.
 */
export class Logger {
  readonly #clock: Clock;
  readonly #threshold: number;
  readonly #sink: LogSink;
  readonly #fields: Fields;
  readonly #stage: string;

  /** @param stage whose metrics `measure` writes */
  constructor(
    clock: Clock,
    level: Config['LOG_LEVEL'],
    sink: LogSink = standardOutput,
    fields: Fields = {},
    stage = 'sandbox',
  ) {
    this.#clock = clock;
    this.#threshold = level === 'SILENT' ? levels.length : levels.indexOf(level);
    this.#sink = sink;
    this.#fields = fields;
    this.#stage = stage;
    this.with = (more) => new Logger(clock, level, sink, { ...fields, ...more }, stage);
  }

  /** Of the request that all this is about; undefined where none began it. */
  get correlationId(): string | undefined {
    const { correlationId } = this.#fields;
    return typeof correlationId === 'string' ? correlationId : undefined;
  }

  /** A logger whose every line carries these fields too, such as the correlation id of one request. */
  readonly with: (fields: Fields) => Logger;

  debug(event: string, fields?: Fields): void {
    this.#write('DEBUG', event, fields);
  }

  info(event: string, fields?: Fields): void {
    this.#write('INFO', event, fields);
  }

  warn(event: string, fields?: Fields): void {
    this.#write('WARN', event, fields);
  }

  /** @param error only its name and stack's first frames are written: messages of foreign errors may carry secrets */
  error(event: string, error: unknown, fields?: Fields): void {
    this.#write('ERROR', event, { ...fields, ...describe(error) });
  }

  /** At any level but `SILENT`: alarms stand on it. */
  measure(measured: Measured): void {
    if (this.#threshold >= levels.length) return;
    const line = metricLine(this.#stage, measured, this.#clock.now());
    this.#sink(`${JSON.stringify({ ...this.#fields, ...line })}\n`);
  }

  #write(level: Level, event: string, fields: Fields = {}): void {
    if (levels.indexOf(level) < this.#threshold) return;
    const time = new Date(this.#clock.now()).toISOString();
    this.#sink(`${JSON.stringify({ time, level, event, ...this.#fields, ...fields })}\n`);
  }
}

function describe(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  return { error: error.name, at: frames.slice(0, 4).map((frame) => frame.trim()) };
}
