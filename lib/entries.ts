import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '#shared/http/routes.ts';
import { allWorkers } from '#shared/workers.ts';

/** The project's own folder. */
export const PROJECT = join(import.meta.dirname, '..');

/** Where `npm run build` puts what is deployed. */
export const BUNDLE_FOLDER = join(PROJECT, 'dist');

/** What is in the bundle and why: in its folder, but not deployed. */
export const METAFILE = 'metafile.json';

/** One file that Lambda starts. */
export interface Entry {
  /** Who names it, for a message to a person: `row system/show-health`. */
  readonly namedBy: string;
  /** Below the project's folder: `functions/http/system/show-health.ts`. */
  readonly file: string;
}

/** Every entry there is: a file for each row and each worker. */
export function listEntries(): Entry[] {
  return [
    ...routes.map(({ id }) => ({ namedBy: `row ${id}`, file: `functions/http/${id}.ts` })),
    ...allWorkers.map(({ id }) => ({ namedBy: `worker ${id}`, file: `functions/${id}.ts` })),
  ];
}

/** Where the bundle has an entry, below the bundle's folder. */
export function bundledFile({ file }: Entry): string {
  return file.replace(/\.ts$/, '.mjs');
}

/** @throws Error that names every entry without a file, and the file it should have */
export function requireFiles(entries: readonly Entry[]): void {
  const missing = entries.filter(({ file }) => !existsSync(join(PROJECT, file)));
  if (missing.length === 0) return;
  const lines = missing.map(({ namedBy, file }) => `  ${namedBy} expects ${file}`);
  throw new Error(`These handlers are not written yet:\n${lines.join('\n')}`);
}
