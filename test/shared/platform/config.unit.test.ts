import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, requireSettings } from '#shared/platform/config.ts';

const sentencesOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('the environment', () => {
  it('is refused with a sentence for each mistake, and shows no value', () => {
    const mistakes = {
      TABLE_NAME: '',
      OWN_URL: 'planted-value',
      TUNNEL_RANGE: '10.99.0.0/30',
      TUNNEL_ENDPOINT: 'planted-value',
      TUNNEL_PUBLIC_KEY: 'planted-value',
      WORKER_ADDRESSES: '203.0.113.7;planted-value',
      LOG_LEVEL: 'planted-value',
    };
    expect(sentencesOf(() => readConfig(mistakes)).split(/(?<=\.) (?=[A-Z_]+ )/)).toEqual([
      'TABLE_NAME is empty.',
      'OWN_URL is no URL.',
      'TUNNEL_RANGE is too small a range: /29 is the least.',
      'TUNNEL_ENDPOINT is no host and port, such as hub.example:51820.',
      'TUNNEL_PUBLIC_KEY is no WireGuard key.',
      'WORKER_ADDRESSES is no list of IPv4 addresses and ranges with commas between them.',
      'LOG_LEVEL is none of DEBUG, INFO, WARN, ERROR, SILENT.',
    ]);
  });

  it('has to have what a function takes, but for what a deployment may do without', () => {
    const config = readConfig({ TABLE_NAME: 'pagos', TUNNEL_RANGE: '' });
    expect(sentencesOf(() => requireSettings(config, ['TABLE_NAME', 'TUNNEL_RANGE', 'WORKER_ADDRESSES']))).toBe('');
    expect(sentencesOf(() => requireSettings(config, ['TABLE_NAME', 'OWN_URL', 'JOBS_QUEUE_URL']))).toBe(
      'OWN_URL is not set. JOBS_QUEUE_URL is not set.',
    );
  });
});
