import { createConfig, lintFromString } from '@redocly/openapi-core';
import { examples } from '#shared/http/examples.ts';
import { describeApi } from '#shared/http/openapi.ts';
import { routes } from '#shared/http/routes.ts';

/** Findings that are meant to be there, each by its rule and place. One that is no longer found has to leave this list. */
const meant = [
  // The reference's debugging aid, which tells too much: contract 6.2 has it answered 404, so it has no good answer.
  'operation-2xx-response #/paths/~1api~1v1~1catalogo_perfiles_venta~1debug/get/responses',
  // The reference's second page of documentation: it leads to the one there is (contract 1, row 3).
  'operation-2xx-response #/paths/~1redoc/get/responses',
];

/**
 * `npm run lint:openapi`: judges the API's description with a linter that nobody here wrote, all of its recommended rules
 * on, and fails on any error or warning.
 */
const source = JSON.stringify(describeApi(routes, examples));
const problems = await lintFromString({ source, config: await createConfig({ extends: ['recommended'] }) });
const found = problems.map(({ ruleId, location, message, severity }) => ({
  place: `${ruleId} ${location[0]?.pointer ?? ''}`,
  line: `${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ''})`,
}));
const lines = [
  ...found.filter(({ place }) => !meant.includes(place)).map(({ line }) => line),
  ...meant.filter((place) => !found.some((one) => one.place === place)).map((place) => `not found any more: ${place}`),
];
for (const line of lines) process.stderr.write(`${line}\n`);
process.stdout.write(`The API's description: ${lines.length} findings\n`);
if (lines.length > 0) process.exitCode = 1;
