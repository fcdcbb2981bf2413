/**
 * Judges every request our gateway adapters can send by the gateways' own OpenAPI files, which lie beside the repository
 * and are no part of it: without them it says so and ends well.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conektaGateway } from '#shared/gateways/conekta/client.ts';
import { startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { conektaCalls } from './conekta-calls.ts';
import { requestJudge } from './openapi.ts';
import { plantedMistakes } from './planted-mistakes.ts';
import { startRecorder } from './recorder.ts';

const specification = join(import.meta.dirname, '../../../shared/specs/conekta-api.yaml');
const CALL_WITHIN_MS = 15_000;

if (existsSync(specification)) process.exitCode = (await judgeConekta()) ? 0 : 1;
else console.log('specs absent: not checked');

/** @returns whether every request is right, and every planted mistake was found */
async function judgeConekta(): Promise<boolean> {
  const judge = requestJudge(readFileSync(specification, 'utf8'));
  const dataDir = mkdtempSync(join(tmpdir(), 'specs-'));
  const simulator = await startConektaSimulator({ port: 0, dataDir, clock: systemClock });
  const recorder = await startRecorder(simulator.url);
  try {
    const gateway = conektaGateway({ baseUrl: recorder.url, clock: systemClock });
    const calls = conektaCalls(() => ({
      privateKey: new Secret('key_specs'),
      deadlineAt: systemClock.now() + CALL_WITHIN_MS,
    }));
    let requests = 0;
    let wrong = 0;
    for (const { verb, what, run } of calls) {
      const failure = await run(gateway).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      const sent = recorder.take();
      const found = sent.flatMap((request) =>
        judge(request).map((problem) => `${request.method} ${request.path}: ${problem}`),
      );
      if (failure !== undefined) found.push(failure);
      requests += sent.length;
      if (sent.length === 0) found.push('nothing was sent');
      wrong += found.length > 0 ? 1 : 0;
      console.log(`${found.length > 0 ? 'WRONG' : 'ok   '} ${verb.padEnd(9)} ${what} (${sent.length})`);
      for (const problem of found) console.log(`      ${problem}`);
    }

    await calls[0]?.run(gateway).catch(() => undefined);
    const [right] = recorder.take();
    const missed = plantedMistakes.filter(({ spoil }) => !right || judge(spoil(right)).length === 0);
    for (const { what } of missed) console.log(`BLIND a request with ${what} was let pass`);
    console.log(
      `conekta: ${calls.length} calls, ${requests} requests, ${wrong} wrong; ` +
        `${plantedMistakes.length - missed.length} of ${plantedMistakes.length} planted mistakes found`,
    );
    return wrong === 0 && missed.length === 0;
  } finally {
    await recorder.stop();
    await simulator.stop();
    rmSync(dataDir, { recursive: true });
  }
}
