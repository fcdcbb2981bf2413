import { describe, expect, it } from 'vitest';
import { matches, wantedValue } from '#shared/local/router/queries.ts';

const row = { '.id': '*1', name: 'PT-1', comment: '', uptime: '1h', 'bytes-in': '900', disabled: 'false' };

describe('query words', () => {
  it.each([
    [[], true],
    [['name=PT-1'], true],
    [['=name=PT-1'], true],
    [['name=PT'], false],
    [['name=pt-1'], false],
    [['.id=*1'], true],
    [['comment'], true],
    [['comment='], true],
    [['email'], false],
    [['-email'], true],
    [['-name'], false],
    [['>bytes-in=1000'], false],
    [['<bytes-in=1000'], true],
    [['>uptime=30m'], true],
    [['>=uptime=30m'], true],
    [['<uptime=30m'], false],
    [['>email=1'], false],
    [['<name=PT-2'], true],
    [['name=PT-1', 'disabled=true'], false],
    [['name=PT-2', 'name=PT-1', '#|'], true],
    [['name=PT-2', 'name=PT-1', '#&'], false],
    [['name=PT-2', '#!'], true],
    [['name=PT-1', '#.&'], true],
    [['name=PT-2', 'disabled=false', '#!|'], false],
    [['name=PT-2', 'name=PT-1', '#0|'], false],
  ])('%j on the row: %s', (queries, passes) => {
    expect(matches(row, queries)).toBe(passes);
  });

  it.each([
    [['name=PT-1'], 'PT-1'],
    [['=name=a=b'], 'a=b'],
    [['disabled=false', 'name=PT-1'], 'PT-1'],
    [['>name=PT-1'], undefined],
    [['name'], undefined],
    [['name=a', 'name=b', '#|'], undefined],
  ])('%j ask for the name %s alone', (queries, name) => {
    expect(wantedValue(queries, 'name')).toBe(name);
  });
});
