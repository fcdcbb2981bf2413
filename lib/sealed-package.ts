import { build, type BuildOptions, type Plugin } from 'esbuild';

interface Sealed {
  readonly package: string;
  /** What of it is used; the build fails when something else is. */
  readonly exports: readonly string[];
}

/**
 * Bundles a package as one module with its own copy of everything it stands on.
 *
 * esbuild knows what of a module is used by the bundle as a whole, not by each entry: what only one SDK needs of the code
 * that all SDKs share would be read by every function at its start, through the index files of that code.
 *
 * @param options of the bundle around it
 */
export function sealedPackage({ package: name, exports }: Sealed, options: BuildOptions): Plugin {
  return {
    name: `sealed ${name}`,
    setup({ onResolve, onLoad }) {
      const itself = new RegExp(`^${name}$`);
      onResolve({ filter: itself }, ({ path }) => ({ path, namespace: 'sealed', sideEffects: false }));
      onLoad({ filter: itself, namespace: 'sealed' }, async () => {
        const { outputFiles } = await build({
          ...options,
          stdin: { contents: `export { ${exports.join(', ')} } from '${name}';`, resolveDir: import.meta.dirname },
          bundle: true,
          write: false,
          sourcemap: 'inline',
        });
        return { contents: outputFiles[0]?.text ?? '', resolveDir: import.meta.dirname };
      });
    },
  };
}
