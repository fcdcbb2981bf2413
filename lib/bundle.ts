import { build, type BuildOptions, type Metafile } from 'esbuild';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { explorerFiles } from '#shared/http/explorer.ts';
import { BUNDLE_FOLDER, type Entry, listEntries, METAFILE, PROJECT, requireFiles } from './entries.ts';
import { sealedPackage } from './sealed-package.ts';

/** Bundled CommonJS packages ask for Node's own modules by `require`, which a module of ECMAScript does not have. */
const REQUIRE_FOR_COMMONJS =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/**
 * Where the AWS SDK looks for an account after the environment: files, a browser's login, other machines. Lambda gives a
 * function its account as environment variables, so these are never asked there.
 */
const ACCOUNTS_OF_PEOPLE = [
  ...['http', 'ini', 'login', 'process', 'sso', 'web-identity'].map((kind) => `@aws-sdk/credential-provider-${kind}`),
  '@smithy/credential-provider-imds',
];

/** How everything in the bundle is read and written. */
const common = {
  absWorkingDir: PROJECT,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Packages that also come as ECMAScript modules shrink to what is used of them; conekta's can only be read this way.
  mainFields: ['module', 'main'],
  external: ACCOUNTS_OF_PEOPLE,
  minify: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Used by the two functions that serve logos. */
const objectStore = {
  package: '@aws-sdk/client-s3',
  exports: ['DeleteObjectCommand', 'GetObjectCommand', 'NoSuchKey', 'PutObjectCommand', 'S3Client'],
};

/**
 * Bundles all entries in one pass: what several of them use becomes a shared chunk, so that one small asset serves every
 * function (0.7 s, where one build per function took half a minute).
 *
 * @param folder is emptied first
 * @throws Error when a handler is missing, or does not export `handler`
 */
export async function bundle(folder: string, entries: readonly Entry[] = listEntries()): Promise<Metafile> {
  requireFiles(entries);
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    ...common,
    entryPoints: entries.map(({ file }) => file),
    outbase: '.',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    banner: { js: REQUIRE_FOR_COMMONJS },
    alias: { 'form-data': join(import.meta.dirname, 'web-form-data.ts') },
    inject: [join(import.meta.dirname, 'schemas-once.ts')],
    plugins: [sealedPackage(objectStore, common)],
    sourcemap: 'linked',
    metafile: true,
  });
  requireHandlers(metafile, entries);
  copyPackageFiles(folder, explorerFiles);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, METAFILE), JSON.stringify(metafile));
  return metafile;
}

/** Files of packages that a function reads as they are stand in the bundle where `require` looks for them, as here. */
function copyPackageFiles(folder: string, files: readonly string[]): void {
  const { resolve } = createRequire(import.meta.url);
  for (const file of files) cpSync(resolve(file), join(folder, 'node_modules', file));
}

function requireHandlers({ outputs }: Metafile, entries: readonly Entry[]): void {
  const exporting = new Set(
    Object.values(outputs).flatMap(({ entryPoint, exports }) => (exports.includes('handler') ? [entryPoint] : [])),
  );
  const mute = entries.filter(({ file }) => !exporting.has(file));
  if (mute.length > 0)
    throw new Error(`These files do not export \`handler\`: ${mute.map(({ file }) => file).join(', ')}`);
}

if (import.meta.main) {
  try {
    const entries = listEntries();
    const { outputs } = await bundle(BUNDLE_FOLDER, entries);
    const kilobytes = Object.entries(outputs)
      .filter(([path]) => path.endsWith('.mjs'))
      .reduce((sum, [, { bytes }]) => sum + bytes, 0);
    process.stdout.write(
      `${entries.length} functions, ${Math.round(kilobytes / 1000)} kB in all, in ${BUNDLE_FOLDER}\n`,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
