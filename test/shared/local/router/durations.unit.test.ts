import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '#shared/local/router/durations.ts';

describe('RouterOS durations', () => {
  it.each([
    ['1h', 3_600],
    ['1w2d3h4m5s', 788_645],
    ['90', 90],
    ['01:30:00', 5_400],
    ['1d 02:03:04', 93_784],
    ['1d02:03:04', 93_784],
    ['0s', 0],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'x', '1x', 'h1', '1h1h', '-1s', 'none'])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('are written so that they read back', () => {
    expect(formatDuration(90_061)).toBe('1d1h1m1s');
    fc.assert(fc.property(fc.nat(10 ** 8), (seconds) => parseDuration(formatDuration(seconds)) === seconds));
  });
});
