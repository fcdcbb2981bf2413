import { describe, expect, it } from 'vitest';
import { clockRow } from '#shared/local/router/device-clock.ts';
import { durationSeconds } from '#shared/routers/durations.ts';
import { clockErrorSeconds } from '#shared/routers/router-clock.ts';

const NOW = Date.UTC(2023, 6, 14, 13, 5, 9);

describe('the error of a router`s clock', () => {
  it.each([
    ['of RouterOS 6', { date: 'jul/14/2023', time: '07:05:09', gmtOffset: '-06:00' }, 0],
    ['since 7.10', { date: '2023-07-14', time: '07:05:19', gmtOffset: '-06:00' }, 10],
    ['east of Greenwich, across midnight', { date: 'Jul/15/2023', time: '02:34:09', gmtOffset: '+13:30' }, -60],
    ['with the offset in seconds', { date: '2023-07-14', time: '07:05:09', gmtOffset: '-21600' }, 0],
    ['with the offset in unsigned seconds', { date: '2023-07-14', time: '07:05:09', gmtOffset: '4294945696' }, 0],
    ['that began at 1970', { date: 'jan/02/1970', time: '00:00:09', gmtOffset: '+00:00' }, -1_689_253_500],
  ])('is read from dates %s', (_, shown, error) => {
    expect(clockErrorSeconds(shown, NOW)).toBe(error);
  });

  it.each([
    ['no date', { date: null, time: '07:05:09', gmtOffset: '-06:00' }],
    ['a month there is not', { date: 'xyz/14/2023', time: '07:05:09', gmtOffset: '-06:00' }],
    ['no time', { date: '2023-07-14', time: 'noon', gmtOffset: '-06:00' }],
    ['no offset', { date: '2023-07-14', time: '07:05:09', gmtOffset: null }],
  ])('is not known with %s', (_, shown) => {
    expect(clockErrorSeconds(shown, NOW)).toBeNull();
  });
});

it('the simulated clock writes dates as its version does, and both are read back', () => {
  const rows = [
    clockRow(NOW, -360, '6.49.10 (long-term)'),
    clockRow(NOW, -360, '7.9'),
    clockRow(NOW, 330, '7.10.1 (stable)'),
  ];
  expect(rows.map((row) => row['date'])).toEqual(['jul/14/2023', 'jul/14/2023', '2023-07-14']);
  for (const row of rows) {
    const shown = { date: row['date'] ?? '', time: row['time'] ?? '', gmtOffset: row['gmt-offset'] ?? '' };
    expect(clockErrorSeconds(shown, NOW)).toBe(0);
  }
});

it.each([
  ['1w2d3h4m5s', 788_645],
  ['3h', 10_800],
  ['01:30:00', 5_400],
  ['1d02:03:04', 93_784],
  ['0s', 0],
  ['', null],
  ['soon', null],
])('the duration "%s" is %s seconds', (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
});
