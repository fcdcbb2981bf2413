/** `npm run export -- FILE`: companies into a file for another deployment; with --move they leave this one (README). */
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, openTarget, readArguments, runCommand } from '#shared/local/command.ts';
import { pause } from '#shared/platform/clock.ts';
import { readPublicKey } from '#shared/security/sealed-lines.ts';
import type { Departure } from '#shared/store/departures.ts';
import { copied, departed, type DepartParts, takeOut } from '#shared/tenants/move/depart.ts';
import { linesOf, type MoveRecord } from '#shared/tenants/move/move-file.ts';

const USAGE =
  'Usage: npm run export -- FILE --recipient KEY (--company ID | --all) [--move] [--sandbox]. KEY is what npm run import -- ' +
  '--make-key printed at the other deployment. Without --move it is a copy, good for --dry-run only. Without --sandbox ' +
  'TABLE_NAME, LOGOS_BUCKET and the four keys of what is sealed are named as the data stack`s outputs are.';

await runCommand(async () => {
  const options = {
    recipient: { type: 'string' },
    company: { type: 'string' },
    all: { type: 'boolean' },
    move: { type: 'boolean' },
    sandbox: { type: 'boolean' },
  } as const;
  const { positionals, values } = readArguments(process.argv.slice(2), options, USAGE);
  const [path, ...rest] = positionals;
  const isOne = values.company !== undefined;
  if (path === undefined || rest.length > 0 || isOne === (values.all ?? false)) throw new CommandError(USAGE);
  const reader = readPublicKey(values.recipient ?? '');
  if (!reader) throw new CommandError(`${USAGE} --recipient is missing, or no such key.`);
  if (existsSync(path)) throw new CommandError(`${path} is there already: it may be the only copy of a company.`);

  const needs = [
    'table',
    'logos:read',
    'gateway-credentials:open',
    'router-credentials:open',
    'access-codes:open',
    'telegram-tokens:open',
  ] as const;
  const { services, config } = openTarget({ sandbox: values.sandbox ?? false }, needs);
  const { table, companies, users, departures, clock } = services;
  const parts: DepartParts = {
    table,
    companies,
    users,
    departures,
    clock,
    pause,
    box: (purpose) => services.box(purpose),
    logos: (use) => services.logos(use),
  };
  const here = (await companies.list()).map(({ id }) => id);
  const begun = (await departures.unfinished()).map(({ companyId }) => companyId);
  const wanted = isOne ? [values.company ?? ''] : [...new Set([...here, ...begun])];
  const moved: Departure[] = [];

  const records = async function* (): AsyncGenerator<MoveRecord> {
    for (const companyId of wanted) {
      if (!(values.move ?? false)) {
        if (!(await companies.find(companyId))) throw new CommandError(`There is no company ${companyId} here.`);
        yield* told(copied(companyId, parts), 'copied');
        continue;
      }
      process.stdout.write(`${companyId}: leaves; within a minute whatever was under way has ended.\n`);
      const departure = await takeOut(companyId, parts);
      if (!departure) throw new CommandError(`There is no company ${companyId} here.`);
      yield* told(departed(departure, parts), 'left');
      moved.push(departure);
    }
  };
  const about = {
    source: config.TABLE_NAME ?? '',
    writtenAt: new Date(clock.now()).toISOString(),
    kind: values.move ? 'move' : 'copy',
  } as const;
  await writeWhole(path, linesOf(records(), reader, about));
  for (const departure of moved) await departures.end(departure, clock.now());
  process.stdout.write(`${path} is whole.\n`);
});

async function* told(records: AsyncIterable<MoveRecord>, done: string): AsyncGenerator<MoveRecord> {
  let [name, items] = ['', 0];
  for await (const record of records) {
    if (record.kind === 'company') name = record.companyId;
    if (record.kind === 'item') items += 1;
    yield record;
  }
  process.stdout.write(`${name}: ${items} items ${done}.\n`);
}

/** Under another name until all of it is on the disk. */
async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.part`;
  const ended = async function* () {
    for await (const line of lines) yield `${line}\n`;
  };
  await pipeline(Readable.from(ended()), createWriteStream(draft, { mode: 0o600, flush: true }));
  renameSync(draft, path);
}
