import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRouterSimulator } from '#shared/local/router/simulator.ts';

/** Debian packages its modules for this one. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(import.meta.dirname, 'independent_client.py');
/** ASCII: librouteros 3.1 counts characters where the protocol counts bytes (routeros.md 3.1). */
const LOGIN = { user: 'api', password: 'clave-1' };

const isInstalled = spawnSync(PYTHON, ['-c', 'import librouteros']).status === 0;
const skipped = 'SKIPPED, for python3-librouteros is not installed (.ci/run installs it): ';
if (!isInstalled) console.warn(`${skipped}the simulator is not tried with an independent client`);

/**
 * Our client and our simulator were written by the same hands and may share a misreading; this client shares nothing with
 * either: no tags, its own lengths, logins and queries.
 */
describe.skipIf(!isInstalled)(`${isInstalled ? '' : skipped}librouteros with the simulator`, () => {
  it.each([
    ['7.18.2 (stable)', 'plain', 'invalid user name or password (6)'],
    ['7.17.2 (stable)', 'plain', 'invalid user name or password (6)'],
    ['6.49.10 (long-term)', 'plain', 'invalid user name or password (6)'],
    ['6.42.12 (long-term)', 'token', 'cannot log in'],
  ])('of %s logs in, lists, adds, changes, asks, is refused and removes', async (version, login, loginRefusal) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'router-'));
    const router = await startRouterSimulator({ ...LOGIN, port: 0, dataDir, clock: { now: () => 0 } });
    await router.addFault({ name: 'version', version });
    onTestFinished(async () => {
      await router.stop();
      await rm(dataDir, { recursive: true });
    });

    const { stdout } = await promisify(execFile)(
      PYTHON,
      [SCRIPT, String(router.port), login, LOGIN.user, LOGIN.password],
      { timeout: 15_000 },
    );

    expect(JSON.parse(stdout)).toEqual({
      version,
      wireguard: version.startsWith('6') ? { message: 'no such command prefix', category: 0 } : null,
      identity: [{ name: 'MikroTik' }],
      ids: ['*1', '*2'],
      names: ['default-trial', 'LIB-1', 'LIB-2'],
      found: [{ name: 'LIB-1', comment: 'one=1', profile: '1hora' }],
      either: ['LIB-1', 'LIB-2'],
      neither: [],
      afterNothing: ['LIB-2'],
      long: 20_000,
      changed: ['two'],
      taken: { message: 'failure: already have user with this name for this server', category: null },
      unknown: { message: 'no such item', category: 0 },
      wrongPassword: { message: loginRefusal, category: null },
      left: ['default-trial'],
      fatal: expect.stringContaining('session terminated on request'),
    });
    expect(router.books.users().map(({ name }) => name)).toEqual(['default-trial']);
    expect(router.books.commands()).toMatchObject({ logins: 1, byPath: { '/ip/hotspot/user/add': 3 } });
  });
});
