/** `npm start`: the sandbox in the foreground. Tells a person what there is, then waits to be stopped. */
import { join } from 'node:path';
import { BUNDLE_FOLDER } from '#lib/entries.ts';
import { openLogFile } from '#shared/local/log-file.ts';
import { type Sandbox, startSandbox } from '#shared/local/sandbox.ts';
import { readSandboxSettings } from '#shared/local/settings.ts';
import { removeStackFile, STACK_FILE, writeStackFile } from '#shared/local/stack-file.ts';
import { StartError } from '#shared/local/start-error.ts';
import { welcome } from '#shared/local/welcome.ts';
import { pause, systemClock } from '#shared/platform/clock.ts';
import { Logger } from '#shared/platform/logger.ts';

const LOG_FILE = join('.local', 'sandbox.log');
/** What has not stopped by then ends with this process. */
const STOP_WITHIN_MS = 1_800;
const PARENT_CHECK_MS = 250;

let sandbox: Sandbox | undefined;

/** Safe at any moment: the engine ends when the pipe from this process closes. */
async function leave(exitCode: number): Promise<void> {
  if (sandbox) {
    removeStackFile(STACK_FILE, sandbox.stack);
    await Promise.race([sandbox.stop(), pause(STOP_WITHIN_MS)]);
  }
  process.exit(exitCode);
}

async function fail(sentence: string): Promise<void> {
  process.stderr.write(`${sentence}\n`);
  await leave(1);
}

async function run(): Promise<void> {
  const settings = readSandboxSettings(process.argv.slice(2));
  const logSink = openLogFile(LOG_FILE);
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.once(event, (error: unknown) => {
      new Logger(systemClock, 'ERROR', logSink).error('sandbox failed', error);
      void fail(`The sandbox failed unexpectedly; the end of ${LOG_FILE} tells where.`);
    });
  if (settings.startedByNpm) leaveWithParent();

  const bundle = settings.runsBundle ? BUNDLE_FOLDER : undefined;
  sandbox = await startSandbox({ ...settings, bundle, logSink });
  writeStackFile(STACK_FILE, sandbox.stack);
  process.stdout.write(welcome(sandbox, performance.now(), { logFile: LOG_FILE, bundle }));
  await fail(await sandbox.broken);
}

/** A kill -9 of npm alone would leave this process behind. */
function leaveWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void leave(0);
  }, PARENT_CHECK_MS).unref();
}

// A second one of the same kind does what it does by default: end at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void leave(0));
// Whoever read what we print may stop reading.
process.stdout.on('error', () => undefined);

try {
  await run();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  await fail(error.message);
}
