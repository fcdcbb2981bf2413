import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { capabilities } from '#shared/platform/capabilities.ts';
import type { LogSink } from '#shared/platform/logger.ts';
import type { FunctionHost, FunctionName } from './function-host.ts';
import type { Environment } from './settings.ts';
import { StartError } from './start-error.ts';

/** What every function would be told on AWS only if its needs name it. */
const granted: ReadonlySet<string> = new Set(Object.values(capabilities).flat());
/** Granted to nobody in particular: who judges a router's host has to know it (lib/constructs/bundled-function.ts). */
const toldToAll: ReadonlySet<string> = new Set(['TUNNEL_RANGE']);

/**
 * The functions as they are deployed: the bundle's own files, each function in a thread of its own with modules, memory
 * and environment of its own. The environment is what its needs give it on AWS, so that a need which its row does not list
 * is missing here too; beside it stand the addresses of what the sandbox has in place of AWS and of the world. Functions
 * go by the system's clock. Unlike Lambda, one environment takes events side by side.
 *
 * @param folder of the bundle
 * @param logSink gets what functions write to their standard output
 * @throws StartError when there is no bundle
 */
export function bundledFunctions(folder: string, logSink: LogSink): FunctionHost {
  if (!existsSync(join(folder, 'functions'))) throw new StartError(`There is no bundle in ${folder}: npm run build.`);
  const threads = new Map<string, FunctionThread>();
  let told: Environment = {};

  /** Made at the first event, and anew at the first one after it died, as on AWS. */
  function threadOf({ id, needs }: FunctionName): FunctionThread {
    const running = threads.get(id);
    if (running?.isAlive === true) return running;
    const thread = new FunctionThread(join(folder, 'functions', `${id}.mjs`), environmentOf(needs, told), logSink);
    threads.set(id, thread);
    return thread;
  }

  return {
    handlerOf<Event, Result>(name: FunctionName) {
      const result = z.custom<Result>();
      return Promise.resolve(async (event: Event) => result.parse(await threadOf(name).call(event)));
    },
    // Their first call is slow on AWS too.
    warm: () => Promise.resolve(),
    begin: (variables) => (told = variables),
    stop: async () => void (await Promise.all([...threads.values()].map((thread) => thread.stop()))),
  };
}

export function environmentOf(needs: FunctionName['needs'], told: Environment): Environment {
  const own: ReadonlySet<string> = new Set(needs.flatMap((need) => capabilities[need]));
  const isTold = (name: string) => !granted.has(name) || own.has(name) || toldToAll.has(name);
  return Object.fromEntries(Object.entries(told).filter(([name, value]) => value !== undefined && isTold(name)));
}

/** A function ended with this error, or its thread did. */
export class FunctionFailed extends Error {
  override name = 'FunctionFailed';
}

const answerShape = z.union([
  z.object({ number: z.number(), result: z.string() }),
  z.object({ number: z.number(), failure: z.string() }),
]);

class FunctionThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #events = 0;
  #isAlive = true;

  constructor(file: string, env: Environment, logSink: LogSink) {
    this.#worker = new Worker(new URL('./function-thread.ts', import.meta.url), {
      workerData: pathToFileURL(file).href,
      env,
      execArgv: [],
      stdout: true,
    });
    this.#worker.stdout.setEncoding('utf8').on('data', logSink);
    this.#worker.on('message', (message) => this.#settle(answerShape.parse(message)));
    this.#worker.on('error', (error) => this.#end(error.name));
    this.#worker.on('exit', () => this.#end('it ended'));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  call(event: unknown): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    const number = this.#events++;
    this.#waiting.set(number, answer);
    this.#worker.postMessage({ number, event: JSON.stringify(event ?? {}) });
    return answer.promise;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(message: z.infer<typeof answerShape>): void {
    const answer = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if ('result' in message) answer?.resolve(JSON.parse(message.result));
    else answer?.reject(new FunctionFailed(message.failure));
  }

  #end(reason: string): void {
    this.#isAlive = false;
    for (const answer of this.#waiting.values()) answer.reject(new FunctionFailed(reason));
    this.#waiting.clear();
  }
}
