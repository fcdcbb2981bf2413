import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from './sandbox.ts';

export const STACK_FILE = join('.local', 'stack.json');

/** Writes what a running sandbox is made of, for this user's programs only: it carries passwords and the portal key. */
export function writeStackFile(path: string, stack: Stack): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, textOf(stack), { mode: 0o600 });
  renameSync(draft, path);
}

/** Removes the file unless another sandbox has written its own meanwhile. */
export function removeStackFile(path: string, stack: Stack): void {
  try {
    if (readFileSync(path, 'utf8') === textOf(stack)) rmSync(path);
  } catch {
    // Somebody removed it already.
  }
}

const textOf = (stack: Stack): string => `${JSON.stringify(stack, null, 2)}\n`;
