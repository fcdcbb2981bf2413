import { expect, it } from 'vitest';
import { durationSeconds, durationText } from '#shared/routers/durations.ts';

const DAY = 86_400;

it.each([
  [0, '0s'],
  [59, '59s'],
  [60, '1m'],
  [3_600, '1h'],
  [90 * 60, '1h30m'],
  [DAY + 1, '1d1s'],
  [7 * DAY, '1w'],
  [9 * DAY + 3 * 3_600 + 4 * 60 + 5, '1w2d3h4m5s'],
  [366 * DAY, '52w2d'],
])('%i seconds are %s, and back', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
  expect(durationSeconds(text)).toBe(seconds);
});

it('parts of a second, and less than none, are left out', () => {
  expect([59.9, -3].map(durationText)).toEqual(['59s', '0s']);
});

it.each([
  ['01:30:00', 5_400],
  ['1d02:03:04', 93_784],
  ['', null],
  ['never', null],
])('"%s" is read as %s', (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
});
