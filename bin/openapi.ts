import { writeFileSync } from 'node:fs';
import { examples } from '#shared/http/examples.ts';
import { describeApi } from '#shared/http/openapi.ts';
import { routes } from '#shared/http/routes.ts';

/** `npm run openapi -- FILE`: writes the API's description to a file, or to standard output. */
const [file] = process.argv.slice(2);
const text = `${JSON.stringify(describeApi(routes, examples), null, 2)}\n`;
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);
