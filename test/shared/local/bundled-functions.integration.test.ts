import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundledFunctions } from '#shared/local/bundled-functions.ts';
import type { FunctionHost, FunctionName } from '#shared/local/function-host.ts';
import { scratchFolder } from '../../stage/scratch-folder.ts';

const id = 'http/things/show';

/** A bundle of one function. */
function hostOf(code: string, log: string[] = []): FunctionHost {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'functions/http/things'), { recursive: true });
  writeFileSync(join(folder, 'functions', `${id}.mjs`), code);
  const host = bundledFunctions(folder, (line) => log.push(line));
  onTestFinished(() => host.stop());
  return host;
}

const handlerOf = (host: FunctionHost, needs: FunctionName['needs'] = []) =>
  host.handlerOf<unknown, unknown>({ id, needs });

it('a function sees the settings of its needs, where the far ends are, and nothing else of its surroundings', async () => {
  const host = hostOf('export const handler = async () => process.env;');
  host.begin({
    TABLE_NAME: 'table',
    JOBS_QUEUE_URL: 'http://queue',
    GATEWAY_CREDENTIALS_KEY: 'alias/gateways',
    SESSIONS_KEY: 'alias/sessions',
    TUNNEL_RANGE: '10.66.0.0/16',
    AWS_ENDPOINT_URL_KMS: 'http://kms',
    AWS_PROFILE: undefined,
  });
  const handler = await handlerOf(host, ['table', 'gateway-credentials:open']);
  expect(await handler({})).toEqual({
    TABLE_NAME: 'table',
    GATEWAY_CREDENTIALS_KEY: 'alias/gateways',
    TUNNEL_RANGE: '10.66.0.0/16',
    AWS_ENDPOINT_URL_KMS: 'http://kms',
  });
});

it('events and answers travel as JSON, several at a time', async () => {
  const handler = await handlerOf(hostOf('export const handler = async (event) => ({ ...event, lost: undefined });'));
  const events = [{ at: 1 }, { at: 2 }, { at: 3 }];
  expect(await Promise.all(events.map((event) => handler({ ...event, also: undefined })))).toEqual(events);
});

it('what a function throws reaches who called it by its name alone', async () => {
  const handler = await handlerOf(hostOf('export const handler = async () => { throw new TypeError("a secret"); };'));
  await expect(handler({})).rejects.toThrow(/^TypeError$/);
});

it('a function that dies fails what it was at, and the next event finds a new one', async () => {
  const handler = await handlerOf(
    hostOf('let calls = 0; export const handler = async ({ die }) => die ? process.exit(1) : ++calls;'),
  );
  expect([await handler({}), await handler({})]).toEqual([1, 2]);
  await expect(handler({ die: true })).rejects.toMatchObject({ name: 'FunctionFailed' });
  expect(await handler({})).toBe(1);
});

it('what a function writes is its log', async () => {
  const log: string[] = [];
  const handler = await handlerOf(hostOf('export const handler = async () => process.stdout.write("a line\\n");', log));
  await handler({});
  await expect.poll(() => log.join('')).toBe('a line\n');
});

it('without a bundle there is a sentence that says what to do', () => {
  expect(() => bundledFunctions(scratchFolder(), () => undefined)).toThrow('npm run build');
});
