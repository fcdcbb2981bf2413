/** Puts each mutant into a temporary copy of the sources, and lets the fault runs find it there. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutants, type Patch } from './mutants.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['shared', 'functions', 'test', 'package.json', 'tsconfig.json'] as const;

/** @returns whether every one was found */
export async function huntMutants(
  say: (line: string) => void,
  mayGoOn: () => boolean,
  stopped: AbortSignal,
): Promise<boolean> {
  let missed = 0;
  for (const mutant of mutants) {
    if (!mayGoOn()) {
      say(`NOT HUNTED, the time was over: ${mutant.name}`);
      missed += 1;
      continue;
    }
    const found = await hunt(mutant, stopped);
    if (stopped.aborted) return false;
    say(found === undefined ? `NOT FOUND: ${mutant.name}` : `found: ${mutant.name}\n  by ${found}`);
    if (found === undefined) missed += 1;
  }
  say(`mutants: ${mutants.length - missed} of ${mutants.length} found`);
  return missed === 0;
}

async function hunt(mutant: Mutant, stopped: AbortSignal): Promise<string | undefined> {
  const copy = mkdtempSync(join(tmpdir(), 'pagos-mutant-'));
  try {
    for (const source of SOURCES) cpSync(join(PROJECT, source), join(copy, source), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    for (const patch of mutant.patches) apply(copy, patch);
    for (const args of [['--cell', mutant.hint], ['--matrix-only'], ['--seeds-only', '--seeds', '300']]) {
      const found = await firstViolation(copy, args, stopped);
      if (found !== undefined || stopped.aborted) return found;
    }
    return undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function apply(copy: string, { file, from, to }: Patch): void {
  const path = join(copy, file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`The place of a mutant stands ${parts.length - 1} times in ${file}:\n${from}`);
  writeFileSync(path, parts.join(to));
}

/** Runs the copy's own fault runs until the first violation, and returns its line. */
function firstViolation(copy: string, args: readonly string[], stopped: AbortSignal): Promise<string | undefined> {
  const command = [join(copy, 'test/faults/faults.ts'), '--first', ...args];
  const child = spawn(process.execPath, command, { cwd: copy, stdio: ['ignore', 'pipe', 'inherit'] });
  // It ends its own crew; the copy goes when it has ended.
  const stop = () => void child.kill('SIGTERM');
  stopped.addEventListener('abort', stop, { once: true });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      stopped.removeEventListener('abort', stop);
      const line = said.split('\n').find((one) => one.startsWith('VIOLATION '));
      // A copy that cannot even start has found nothing.
      if (line === undefined && !stopped.aborted && !said.includes(' violations, '))
        reject(new Error(`The copy did not run: ${said}`));
      else resolve(line?.replace('VIOLATION ', ''));
    });
  });
}
