import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The package that brings Swagger UI's files, and the folder they are in. */
const PACKAGE_FOLDER = '@fastify/swagger-ui/static';

const types = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', png: 'image/png' } as const;

/** Swagger UI's own files, as far as the page asks for them. `lib/bundle.ts` puts them where `require` finds them. */
export const explorerFiles: readonly string[] = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map(
  (name) => `${PACKAGE_FOLDER}/${name}`,
);

/** Everything comes from here: the page works without the internet, and nobody else learns who reads it. */
export const explorerHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'public, max-age=3600',
} as const;

export const explorerPage = `<!doctype html>
<html lang="es">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Pagos Hotspot: API</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="explorer"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/explorer.js"></script>
  </body>
</html>
`;

/** `validatorUrl`: else the description would be sent to a service elsewhere. */
const OWN_SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#explorer',
  validatorUrl: null,
  filter: true,
});
`;

export interface ExplorerAsset {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const require = createRequire(import.meta.url);
const read = new Map<string, ExplorerAsset>();

/** A file the page asks for, by its name. @returns undefined for every name that is not one of them */
export function explorerAsset(name: string): ExplorerAsset | undefined {
  if (name === 'explorer.js') return { type: types.js, bytes: Buffer.from(OWN_SCRIPT) };
  const file = explorerFiles.find((one) => one === `${PACKAGE_FOLDER}/${name}`);
  if (file === undefined) return undefined;
  const asset = read.get(file) ?? { type: typeOf(file), bytes: readFileSync(require.resolve(file)) };
  read.set(file, asset);
  return asset;
}

function typeOf(file: string): string {
  if (file.endsWith('.css')) return types.css;
  return file.endsWith('.js') ? types.js : types.png;
}
