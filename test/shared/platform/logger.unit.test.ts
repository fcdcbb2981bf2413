import { describe, expect, it } from 'vitest';
import { Logger } from '#shared/platform/logger.ts';
import { Secret } from '#shared/security/secret.ts';

const clock = { now: () => Date.UTC(2026, 0, 1) };

function linesOf(level: 'INFO' | 'ERROR' | 'SILENT', write: (logger: Logger) => void): unknown[] {
  const lines: string[] = [];
  write(new Logger(clock, level, (line) => lines.push(line)));
  return lines.map((line): unknown => JSON.parse(line));
}

describe('the log', () => {
  it('has one JSON line per event, with the fields of the request it belongs to', () => {
    const lines = linesOf('INFO', (logger) =>
      logger.with({ correlationId: 'c1' }).info('purchase moved', { to: 'paid' }),
    );
    expect(lines).toEqual([
      { time: '2026-01-01T00:00:00.000Z', level: 'INFO', event: 'purchase moved', correlationId: 'c1', to: 'paid' },
    ]);
  });

  it('masks a secret that slipped into a field', () => {
    const lines = linesOf('INFO', (logger) =>
      logger.info('oops', { key: new Secret('key_live'), deep: [new Secret('x')] }),
    );
    expect(lines).toMatchObject([{ key: '[secret]', deep: ['[secret]'] }]);
  });

  it('never writes the message of an error: a gateway’s carries the key and the card token', () => {
    const lines = linesOf('INFO', (logger) => logger.error('request failed', new TypeError('tok_secret in message')));
    expect(JSON.stringify(lines)).not.toContain('tok_secret');
    expect(lines).toMatchObject([{ error: 'TypeError', at: expect.arrayContaining([expect.stringContaining('at ')]) }]);
  });

  it('is quiet below its level', () => {
    const all = (logger: Logger) => {
      logger.debug('d');
      logger.info('i');
      logger.warn('w');
      logger.error('e', 'thrown text');
    };
    expect(linesOf('ERROR', all)).toMatchObject([{ event: 'e', error: 'string' }]);
    expect(linesOf('SILENT', all)).toEqual([]);
  });
});
