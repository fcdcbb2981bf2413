import { expect, it } from 'vitest';
import { assignments } from '#shared/store/assignments.ts';

it('a partial update writes null, leaves undefined, and reaches into maps', () => {
  expect(assignments({ name: 'Ana', phone: null, email: undefined, 'telegram.chatId': '5' })).toEqual({
    clauses: '#name = :set0, #phone = :set1, #telegram.#chatId = :set2',
    values: { ':set0': 'Ana', ':set1': null, ':set2': '5' },
  });
});

it('a partial update of nothing is no update', () => {
  expect(assignments({ name: undefined })).toBeUndefined();
});
