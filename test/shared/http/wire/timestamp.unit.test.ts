import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';

describe('a time on the wire', () => {
  it.each(['America/Mexico_City', 'Asia/Tokyo', 'UTC'])('is UTC on a host that stands in %s', (zone) => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('TZ', zone);
    // The host really stands there.
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    expect(zonelessTime(Date.UTC(2026, 0, 31, 23, 30))).toBe('2026-01-31T23:30:00');
    expect(zonelessTime(Date.UTC(2026, 0, 31, 23, 30, 0, 7))).toBe('2026-01-31T23:30:00.007000');
  });
});
