import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from '../../stage/stage.ts';

/** Nobody listens there: every read of the table fails with an error that tells this address. */
const NOWHERE = '127.0.0.1:1';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ config: { AWS_ENDPOINT_URL_DYNAMODB: `http://${NOWHERE}` } });
});
afterAll(() => stage.stop());

describe('what nobody expected', () => {
  it('is a 500 without a word about it, and with the id that its line of the log has', async () => {
    const body = { email: 'ana@wifi.mx', password: 'planted-password' };
    const answer = await stage.call('POST', '/api/v1/auth/login', { body });
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' });
    const correlationId = answer.headers['x-correlation-id'];
    expect(correlationId).toMatch(/./);
    const failure = stage.log.map((line) => JSON.parse(line)).find(({ level }) => level === 'ERROR');
    expect(failure).toMatchObject({ event: 'request failed', row: 'session/log-in', correlationId });
    expect(stage.log.join()).not.toContain('declared-failures');
    for (const hidden of [NOWHERE, 'ECONNREFUSED', 'planted'])
      expect(JSON.stringify([answer, stage.log])).not.toContain(hidden);
  });
});
