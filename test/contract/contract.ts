/**
 * `npm run contract`: the contract's endpoint table, row by row, against the running API: each row is there, its example is
 * answered with success, and the answer has every name that the contract's own text shows, with values of that kind.
 */
import type { Row } from '#shared/http/contract.ts';
import { examples } from '#shared/http/examples.ts';
import { shownStatus } from '#shared/http/example.ts';
import { routes } from '#shared/http/routes.ts';
import { requestOf } from '../openapi/replay.ts';
import { Scene } from '../openapi/scene.ts';
import { type Market, startMarket } from '../stage/market.ts';
import { anonymous, type ContractRow, readContract } from './contract-rows.ts';
import { lacking, type Shape } from './shape.ts';

/** Where an answer is not what the text shows, by the contract's own RULEs or because it is a sample of something else. */
const departures: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  16: { '.mensaje': 'the sample names another way to log in' },
  17: {
    '.datos_completos.password': 'RULE: left out',
    '.datos_completos.limit-uptime': 'there where the plan sells time',
  },
};

const rows = readContract();
if (!rows) {
  process.stdout.write('SKIPPED: ../shared/contract.md is not there\n');
  process.exit(0);
}
const market = await startMarket();
let broken = 0;
for (const row of rows) {
  const { status, problems } = await check(row, market);
  broken += problems.length === 0 ? 0 : 1;
  const verdict = problems.length === 0 ? 'ok' : problems.join('; ');
  process.stdout.write(`#${row.number} ${row.method} ${row.path} · ${status} · ${verdict}\n`);
}
await market.stop();
const numbers = new Set(rows.map(({ number }) => number));
process.stdout.write(`${numbers.size} rows, ${rows.length} paths, ${broken} broken\n`);
process.exit(broken === 0 ? 0 : 1);

interface Verdict {
  readonly status: number | 'none';
  readonly problems: readonly string[];
}

async function check(wanted: ContractRow, stage: Market): Promise<Verdict> {
  const row = rowOf(wanted);
  if (!row) return { status: 'none', problems: ['there is no such row'] };
  const example = examples[row.id];
  if (!example) return { status: 'none', problems: ['it has no example'] };
  const scene = new Scene(stage, await stage.openShop());
  const { method, target, options } = await requestOf(row, example, scene);
  const { status, body } = await stage.call(method, target, options);
  const expected = shownStatus(row);
  const allowed = Object.keys(departures[wanted.number] ?? {});
  const lacks = missingIn(wanted.shapes, body, status).filter((one) => !allowed.some((path) => one.startsWith(path)));
  const problems = [...(status === expected ? [] : [`expected ${expected}`]), ...lacks];
  return { status, problems };
}

function rowOf({ method, path }: ContractRow): Row | undefined {
  // One row of ours serves the logos, which are all that lies under /static.
  const ours = path === '/static/{}' ? '/static/logos/{}' : path;
  return routes.find((row) => row.method === method && anonymous(row.path) === ours);
}

/** The text shows requests too, and several answers: the best match counts. A list is shown by one of its entries. */
function missingIn(shapes: readonly Shape[], answer: unknown, status: number): readonly string[] {
  if (shapes.length === 0 || status >= 300) return [];
  const entry: unknown = Array.isArray(answer) ? answer[0] : answer;
  const all = shapes.flatMap((shape) => [lacking(shape, answer), ...(entry === answer ? [] : [lacking(shape, entry)])]);
  return all.toSorted((one, other) => one.length - other.length)[0] ?? [];
}
