import { describe, expect, it } from 'vitest';
import { faultCatalogue, Faults, faultSchema } from '#shared/local/router/faults.ts';

describe('the catalogue', () => {
  it('has a line for each fault and for each parameter', () => {
    expect(new Set(faultCatalogue.map(({ name }) => name)).size).toBe(faultCatalogue.length);
    for (const { name, description, parameters } of faultCatalogue) {
      expect(description, name).toMatch(/^[A-Z].*\.$/);
      for (const [parameter, meaning] of Object.entries(parameters))
        expect(meaning, `${name} ${parameter}`).not.toBe('');
    }
  });
});

describe('a fault', () => {
  it.each([
    { name: 'earthquake' },
    { name: 'delay' },
    { name: 'delay', ms: -1 },
    { name: 'silence', times: 0 },
    { name: 'silence', command: 'add' },
    { name: 'silence', when: 'during' },
    { name: 'no-empty', extra: 1 },
    { name: 'version', version: 'seven' },
    { name: 'licence', level: 2 },
    'silence',
  ])('that is malformed is refused: %j', (input) => {
    expect(faultSchema.safeParse(input).success).toBe(false);
  });

  it('strikes as often as it was told, only where it was told', () => {
    const faults = new Faults();
    faults.add(faultSchema.parse({ name: 'silence', times: 2, command: '/a' }));
    expect(faults.strike(['silence'], '/b')).toBeUndefined();
    expect(faults.strike(['close'], '/a')).toBeUndefined();
    expect(faults.strike(['close', 'silence'], '/a')).toMatchObject({ name: 'silence', when: 'after' });
    expect(faults.strike(['silence'], '/a')).toBeDefined();
    expect(faults.strike(['silence'], '/a')).toBeUndefined();
    expect(faults.list()).toEqual([]);
  });

  it('that is a state of the router is the newest of its name, and is not used up', () => {
    const faults = new Faults();
    expect(faults.last('version')).toBeUndefined();
    for (const version of ['7.9', '6.49.10'])
      faults.add(faultSchema.parse({ name: 'version', version: `${version} (stable)` }));
    faults.add(faultSchema.parse({ name: 'device-mode' }));
    expect(faults.last('version')?.version).toBe('6.49.10 (stable)');
    expect(faults.last('version')?.version).toBe('6.49.10 (stable)');
  });

  it('without a command leaves the login alone', () => {
    const faults = new Faults();
    faults.add(faultSchema.parse({ name: 'reset' }));
    expect(faults.strike(['reset'], '/login')).toBeUndefined();
    expect(faults.strike(['reset'], '/system/identity/print')).toBeDefined();
    faults.clear();
    expect(faults.strike(['reset'], '/system/identity/print')).toBeUndefined();
  });
});
