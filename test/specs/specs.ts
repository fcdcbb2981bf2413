/**
 * Judges every request our gateway adapters can send by the gateways' own OpenAPI files, which lie beside the repository
 * and are no part of it: without them it says so and ends well. Mercado Pago's also judges what its simulator answers.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conektaGateway } from '#shared/gateways/conekta/client.ts';
import { conektaWebhooks } from '#shared/gateways/conekta/webhook-registration.ts';
import type { GatewayName } from '#shared/gateways/gateway.ts';
import { mercadoPagoGateway } from '#shared/gateways/mercado-pago/client.ts';
import { mercadoPagoPayments } from '#shared/gateways/mercado-pago/payment-status.ts';
import { startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { startMercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';
import { systemClock as clock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { checkGateway, type Subject } from './checker.ts';
import { conektaCalls } from './conekta-calls.ts';
import { conektaMistakes } from './conekta-mistakes.ts';
import { mercadoPagoCalls } from './mercado-pago-calls.ts';
import { mercadoPagoGaps, mercadoPagoInWords } from './mercado-pago-words.ts';
import { mercadoPagoMistakes } from './mercado-pago-mistakes.ts';
import { openApiJudge } from './openapi.ts';
import { startRecorder } from './recorder.ts';

const CALL_WITHIN_MS = 15_000;

const callWith = (key: string) => () => ({ privateKey: new Secret(key), deadlineAt: clock.now() + CALL_WITHIN_MS });

const checks = [
  check('conekta', 'conekta-api.yaml', startConektaSimulator, (baseUrl) => {
    const options = { baseUrl, clock };
    return {
      calls: conektaCalls(conektaGateway(options), conektaWebhooks(options), callWith('key_specs')),
      planted: conektaMistakes,
      // What the SDK says of itself.
      gaps: ['header x-conekta-client-user-agent is not known'],
      // Its answers do not compile: parts are in an older dialect (`exclusiveMinimum: true`, `nullable` without a type).
      judgesAnswers: false,
    };
  }),
  check('mercado-pago', 'mercadopago-api.yaml', startMercadoPagoSimulator, (baseUrl, simulator) => {
    const notificationUrl = 'https://api.hotspot.mx/api/v1/webhook/mercado-pago';
    return {
      calls: mercadoPagoCalls({
        gateway: mercadoPagoGateway({ baseUrl, clock, notificationUrl }),
        deafGateway: mercadoPagoGateway({ baseUrl, clock }),
        payments: mercadoPagoPayments({ baseUrl, clock }),
        simulator,
        call: callWith('TEST-specs'),
      }),
      planted: mercadoPagoMistakes,
      inWords: mercadoPagoInWords,
      gaps: mercadoPagoGaps,
      judgesAnswers: true,
    };
  }),
];
let isRight = true;
for (const run of checks) isRight = (await run()) && isRight;
process.exitCode = isRight ? 0 : 1;

/** @param subjectOf what is checked, when the adapter talks to `baseUrl` */
function check<Simulator extends { readonly url: string; stop(): Promise<void> }>(
  name: GatewayName,
  file: string,
  start: (options: { port: number; dataDir: string; clock: typeof clock }) => Promise<Simulator>,
  subjectOf: (baseUrl: string, simulator: Simulator) => Omit<Subject, 'name'>,
): () => Promise<boolean> {
  return async () => {
    const specification = join(import.meta.dirname, '../../../shared/specs', file);
    if (!existsSync(specification)) {
      console.log(`${name}: specs absent: not checked`);
      return true;
    }
    const judge = openApiJudge(readFileSync(specification, 'utf8'));
    const dataDir = mkdtempSync(join(tmpdir(), 'specs-'));
    const simulator = await start({ port: 0, dataDir, clock });
    const recorder = await startRecorder(simulator.url);
    try {
      return await checkGateway({ name, ...subjectOf(recorder.url, simulator) }, judge, recorder);
    } finally {
      await recorder.stop();
      await simulator.stop();
      rmSync(dataDir, { recursive: true });
    }
  };
}
