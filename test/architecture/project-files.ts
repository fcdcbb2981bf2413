import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './imports.ts';

/** Folders that .gitignore leaves out, and git's own. */
const LEFT_OUT = [
  '.git',
  ...readFileSync(join(PROJECT, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('/'))
    .map((line) => line.slice(0, -1)),
];

export interface ProjectFile {
  /** From the project's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file of the project below `folder`, as a checkout has them: without git, which a copy may lack. */
export function projectFiles(folder = ''): ProjectFile[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return LEFT_OUT.includes(entry.name) ? [] : projectFiles(path);
    return entry.isFile() ? [{ path, text: readFileSync(join(PROJECT, path), 'utf8') }] : [];
  });
}
