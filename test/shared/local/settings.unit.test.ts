import { describe, expect, it } from 'vitest';
import { readSandboxSettings } from '#shared/local/settings.ts';

describe('the sandbox`s settings', () => {
  it('have a value where a person says nothing, and where a variable is empty', () => {
    for (const source of [{}, { PORT: '', DATA_DIR: '', CONEKTA_BASE_URL: '' }])
      expect(readSandboxSettings([], source)).toEqual({
        ports: { api: 3000, router: 8728, conekta: 4010, mercadoPago: 4020, telegram: 4030, control: 4000 },
        dataDir: '.local/data',
        fresh: false,
        demo: true,
        runsBundle: false,
        environment: {},
        startedByNpm: false,
      });
  });

  it('are what a person says', () => {
    const source = {
      PORT: '0',
      SIM_ROUTER_PORT: '65535',
      SIM_MERCADO_PAGO_PORT: '4021',
      DATA_DIR: '/tmp/x',
      CONEKTA_BASE_URL: 'https://conekta.example',
      MERCADO_PAGO_BASE_URL: 'https://mercado-pago.example',
      npm_lifecycle_event: 'start',
    };
    expect(readSandboxSettings(['--no-demo', '--fresh', '--bundle'], source)).toMatchObject({
      ports: { api: 0, router: 65_535, mercadoPago: 4021 },
      dataDir: '/tmp/x',
      fresh: true,
      demo: false,
      runsBundle: true,
      environment: {
        CONEKTA_BASE_URL: 'https://conekta.example',
        MERCADO_PAGO_BASE_URL: 'https://mercado-pago.example',
      },
      startedByNpm: true,
    });
  });

  it('are refused in one sentence that names what is wrong', () => {
    for (const PORT of ['65536', '-1', '80a', '3000.5'])
      expect(() => readSandboxSettings([], { PORT })).toThrow('Not a port number from 0 to 65535: PORT.');
    expect(() => readSandboxSettings([], { SIM_MERCADO_PAGO_PORT: 'x' })).toThrow('SIM_MERCADO_PAGO_PORT');
    expect(() => readSandboxSettings([], { AWS_ENDPOINT_URL_SQS: 'here' })).toThrow('AWS_ENDPOINT_URL_SQS');
    expect(() => readSandboxSettings(['--frsh'], {})).toThrow('Unknown option --frsh');
  });
});
