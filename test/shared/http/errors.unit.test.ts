import { describe, expect, it } from 'vitest';
import { declineReasons } from '#shared/gateways/gateway.ts';
import { answerTo, refusalAnswers } from '#shared/http/errors.ts';
import { declineTexts } from '#shared/http/wire/decline-texts.ts';

describe('refusals', () => {
  it('all answer with a client or server status and a sentence', () => {
    for (const { status } of Object.values(refusalAnswers)) expect(status).toBeGreaterThanOrEqual(400);
  });

  it('fill in what they are about', () => {
    expect(answerTo('product-exists', { profile: '*3', routerId: 'RTR_1' })).toEqual({
      status: 409,
      body: { detail: "Ya existe un producto con el perfil '*3' para este router (RTR_1)" },
    });
  });
});

describe('declines', () => {
  it('have a sentence for every reason there is', () => {
    expect(Object.keys(declineTexts).sort()).toEqual([...declineReasons].sort());
  });
});
