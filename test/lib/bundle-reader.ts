import type { Metafile } from 'esbuild';
import { relative } from 'node:path';
import { PROJECT } from '#lib/entries.ts';

/** What a bundle is made of, as esbuild tells it. Files are named below the bundle's folder. */
export class BundleReader {
  readonly #outputs = new Map<string, Metafile['outputs'][string]>();
  readonly #nameOf: (path: string) => string;

  /** @param folder where the bundle is */
  constructor({ outputs }: Metafile, folder: string) {
    // esbuild names files from the project's folder.
    const inProject = relative(PROJECT, folder);
    this.#nameOf = (path) => relative(inProject, path);
    for (const [path, output] of Object.entries(outputs)) this.#outputs.set(this.#nameOf(path), output);
  }

  /** All that Node reads before the file's code runs, itself too. */
  atStart(...files: readonly string[]): Set<string> {
    return this.#reached(files, ['import-statement']);
  }

  /** All that it may ever read, what it imports when it is needed too. */
  ever(...files: readonly string[]): Set<string> {
    return this.#reached(files, ['import-statement', 'dynamic-import']);
  }

  /** Files by what went into them: `node_modules/conekta/`. */
  with(input: string): string[] {
    return [...this.#outputs].flatMap(([file, { inputs }]) =>
      Object.keys(inputs).some((one) => one.startsWith(input)) ? [file] : [],
    );
  }

  kilobytes(files: Iterable<string>): number {
    return [...files].reduce((sum, file) => sum + (this.#outputs.get(file)?.bytes ?? 0), 0) / 1000;
  }

  #reached(files: readonly string[], kinds: readonly string[]): Set<string> {
    const found = new Set<string>();
    const visit = (file: string) => {
      if (found.has(file)) return;
      found.add(file);
      for (const { path, kind, external } of this.#outputs.get(file)?.imports ?? [])
        if (kinds.includes(kind) && external !== true) visit(this.#nameOf(path));
    };
    files.forEach(visit);
    return found;
  }
}
