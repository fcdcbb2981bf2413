import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascii, remark, rsc } from '#shared/onboarding/script.ts';
import { everyCommand, parseScript } from './routeros/grammar.ts';
import { AWKWARD_NAME, kitOf, sampleRouter } from './sample-kit.ts';

/** Names made of what RouterOS, a terminal or JavaScript could take for something else. */
const awkward = fc
  .array(
    fc.constantFrom(
      ...`"'\\$;?#[]{}()=\n\r\t ${'`'}\u00d1\u00fa\u20ac\u{1f4f6}%/:,-|`,
      ':put',
      '$phModo',
      '\\n',
      '\\24',
      'a',
      'F',
      '0',
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));
const names = fc.oneof(
  awkward,
  fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text.isWellFormed()),
);

describe('a value in a script', () => {
  it('is read back as it was, and is never a command', () => {
    fc.assert(
      fc.property(names, (name) => {
        const [command, ...more] = parseScript(rsc`/user add name=${name} comment=${'ours'}`.text);
        expect(more).toEqual([]);
        expect(command?.name).toBe('/user add');
        expect(command?.properties.get('name')).toEqual({ kind: 'text', text: name, quoted: true });
        expect(command?.properties.get('comment')).toMatchObject({ text: 'ours' });
      }),
      { numRuns: 1_000 },
    );
  });

  it('is written in ASCII, every byte that could mean something by its number', () => {
    expect(rsc`:put ${'a "$b" \\ ? ñ\n'}`.text).toBe(String.raw`:put "a \22\24b\22 \5C \3F \C3\B1\0A"`);
  });
});

describe('a text for a router', () => {
  it.each([
    [AWKWARD_NAME, `O'Brien "WiFi" $; Nandu`],
    ['Señal de “Ángel” – Straße', 'Senal de "Angel" - Strasse'],
    ['ﬁn①\tde\nlínea 網 📶', 'fin1 de linea _ _'],
  ])('is transliterated: %s', (name, written) => expect(ascii(name)).toBe(written));

  it('is printable ASCII, whatever it was', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(ascii(name)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('as a remark is one line that is nothing else', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(parseScript(`${remark(name).text}\n:put ok\n`).map((command) => command.name)).toEqual([':put']);
      }),
    );
  });
});

describe('a kit for anybody', () => {
  const commandsOf = (script: string) => [...everyCommand(parseScript(script))].map(({ name }) => name);
  const usual = commandsOf(kitOf({ company: 'Cafe', router: 'Principal' }));

  it('has the same commands whatever the names, which it says transliterated', () => {
    fc.assert(
      fc.property(names, names, names, (company, router, profile) => {
        const script = kitOf({ company, router, profiles: [profile] });
        expect(commandsOf(script)).toEqual(usual);
        const machine = sampleRouter();
        machine.run(script);
        expect(machine.printed[0]).toContain(`router '${ascii(router)}' de '${ascii(company)}'`);
      }),
      { numRuns: 200 },
    );
  });
});
