import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

const BOT = '7012345678:AAH-planted-bot-token-planted';
const CHAT = '-100555';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());
beforeEach(async () => {
  market.telegram.clearFaults();
  await configure({ telegram_bot_token: BOT, telegram_chat_id: CHAT, notificaciones_telegram: true });
  await market.sweep();
});

const configure = (body: unknown) =>
  market.call('PUT', '/api/v1/admin/mi-empresa', { headers: market.shop.admin, body });
const test = (body?: unknown) =>
  market.call('POST', '/api/v1/admin/test-telegram', {
    headers: market.shop.admin,
    ...(body !== undefined && { body }),
  });

/** What arrives while `work` runs. */
async function told(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = market.telegram.messages().length;
  await work();
  return market.telegram
    .messages()
    .slice(before)
    .map(({ text }) => text);
}

const soldAndSwept = (changes: Record<string, unknown> = {}) =>
  told(async () => {
    await market.buy({ token_tarjeta: newToken(), ...changes });
    await market.settled();
    await twoSweeps();
  });

const giveBack = (purchaseId: number, amount: { readonly monto?: number }) =>
  market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${purchaseId}/reembolsar`, {
    headers: market.shop.admin,
    body: amount,
  });

/** The first counts and leaves the message, the second sends it. */
const twoSweeps = async () => {
  await market.later(1);
  await market.later(1);
};

describe('the test of Telegram', () => {
  it('sends a message to the stored chat', async () => {
    expect(await told(async () => expect(await test()).toMatchObject({ status: 200 }))).toEqual([
      expect.stringContaining('<b>⚡ Prueba de Conexión en Vivo</b>'),
    ]);
    expect((await test({})).body).toEqual({ message: 'Mensaje de prueba enviado con éxito' });
  });

  it('sends with what is not saved yet', async () => {
    await test({ token: '99:other-bot', chat_id: '42' });
    expect(market.telegram.messages().at(-1)).toMatchObject({ chatId: '42' });
  });

  it('says when anything is missing', async () => {
    const other = await market.openShop();
    const answer = await market.call('POST', '/api/v1/admin/test-telegram', { headers: other.admin });
    expect(answer).toMatchObject({ status: 400, body: { detail: 'Faltan credenciales (Token o Chat ID)' } });
  });

  it.each([
    ['a bot nobody made', { token: '0:nobody' }],
    ['a token that is a path', { token: 'x/../y' }],
    ['a chat nobody began', { chat_id: 'nobody' }],
  ])('says when Telegram refuses: %s', async (_, body) => {
    expect(await test(body)).toMatchObject({
      status: 500,
      body: {
        detail: 'Error de Telegram. Verifica que el Token sea válido y que hayas iniciado chat con el bot.',
      },
    });
  });

  it('is not there to be tried without end', async () => {
    const other = await market.openShop();
    const send = () =>
      market.call('POST', '/api/v1/admin/test-telegram', {
        headers: other.admin,
        body: { token: '0:nobody', chat_id: '1' },
      });
    for (let tries = 0; tries < 10; tries += 1) expect((await send()).status).toBe(500);
    expect(await send()).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } });
  });
});

describe('an operator is told by Telegram', () => {
  it('of a sale, once, with every value escaped and without the code', async () => {
    const name = 'Ana <b>& Luis</b>';
    const before = market.telegram.messages().length;
    const { body } = await market.buy({ token_tarjeta: newToken(), nombre_cliente: name });
    await market.settled();
    await twoSweeps();
    await twoSweeps();
    const [text, ...others] = market.telegram.messages().slice(before);
    expect(others).toEqual([]);
    expect(text?.text.split('\n')).toEqual([
      '<b>✅ ¡Pago Aprobado!</b>',
      expect.stringMatching(/^<b>🏢 Empresa:<\/b> /),
      '<b>📦 Plan:</b> 1 hora',
      '<b>💰 Monto:</b> $15.00 MXN',
      '<b>👤 Cliente:</b> Ana &lt;b&gt;&amp; Luis&lt;/b&gt;',
      expect.stringMatching(/^<b>🆔 Transacción:<\/b> <code>ord_\w+<\/code>$/),
      '<i>🔥 Acceso WiFi entregado correctamente.</i>',
    ]);
    const { usuario, contrasena } = body.usuario_hotspot;
    expect(text?.text).not.toContain(usuario);
    expect(text?.text).not.toContain(contrasena);
  });

  it('of a card that was declined, with the reason', async () => {
    const [text] = await soldAndSwept({ token_tarjeta: newToken('insufficient_funds') });
    expect(text).toContain('❌ Pago Rechazado');
    expect(text).toContain('Fondos insuficientes en la tarjeta.');
  });

  it('of many declined cards in one message', async () => {
    const texts = await told(async () => {
      for (let card = 0; card < 4; card += 1) await market.buy({ token_tarjeta: newToken('card_declined') });
      await twoSweeps();
    });
    expect(texts).toEqual([expect.stringContaining('<b>🔢 Rechazos:</b> 4')]);
  });

  it('of money that was given back', async () => {
    const { body } = await market.buy({ token_tarjeta: newToken() });
    await twoSweeps();
    const texts = await told(async () => {
      const path = `/api/v1/admin/mi-empresa/transacciones/${body.id_compra}/reembolsar`;
      await market.call('POST', path, { headers: market.shop.admin, body: { monto: 5 } });
      await twoSweeps();
    });
    expect(texts).toEqual([expect.stringContaining('<b>💸 Devuelto:</b> $5.00 MXN')]);
  });

  it.each([
    ['all', {}, ['<b>💸 Devuelto:</b> $15.00 MXN']],
    ['some', { monto: 5 }, ['¡Pago Aprobado!', '<b>💸 Devuelto:</b> $5.00 MXN']],
  ])('of money that went again before its sale was counted: %s of it', async (_, amount, lines) => {
    const { body } = await market.buy({ token_tarjeta: newToken() });
    await market.settled();
    const texts = await told(async () => {
      await giveBack(body.id_compra, amount);
      await twoSweeps();
    });
    expect(texts).toHaveLength(lines.length);
    for (const line of lines) expect(texts).toContainEqual(expect.stringContaining(line));
  });

  it('of the same amount twice, both times, though Telegram was away', async () => {
    const { body } = await market.buy({ token_tarjeta: newToken() });
    await market.settled();
    await twoSweeps();
    market.telegram.addFault({ route: 'send-message', kind: 'server-error', when: 'before' });
    for (const amount of [{ monto: 5 }, { monto: 5 }]) {
      await giveBack(body.id_compra, amount);
      await twoSweeps();
    }
    market.telegram.clearFaults();
    const texts = await told(() => market.later(3_600_000));
    expect(texts).toEqual([expect.stringContaining('$5.00 MXN'), expect.stringContaining('$5.00 MXN')]);
  });

  it('of a notice', async () => {
    const { companyId, routerId } = market.shop;
    const at = market.clock.now();
    const texts = await told(async () => {
      await market.services.notices.add(companyId, {
        kind: 'router-down',
        routerId,
        routerName: 'Patio <1>',
        since: at,
        createdAt: at,
      });
      await twoSweeps();
    });
    expect(texts).toEqual([expect.stringContaining('El router Patio &lt;1&gt; no responde')]);
    expect(await told(() => market.later(3_600_000))).toEqual([]);
  });

  it('of nothing while notices are switched off, nor afterwards of what was then', async () => {
    await configure({ notificaciones_telegram: false });
    expect(await soldAndSwept()).toEqual([]);
    await configure({ notificaciones_telegram: true });
    expect(await told(twoSweeps)).toEqual([]);
  });
});

describe('a Telegram that does not work', () => {
  it.each([
    { kind: 'reset', when: 'before' },
    { kind: 'server-error', when: 'before' },
    { kind: 'html-body', when: 'before' },
    { kind: 'wrong-key' },
    { kind: 'too-many-requests' },
  ] as const)('loses nothing: $kind', async (fault) => {
    market.telegram.addFault({ route: 'send-message', ...fault });
    expect(await soldAndSwept()).toEqual([]);
    market.telegram.clearFaults();
    expect(await told(() => market.later(60_001))).toEqual([expect.stringContaining('¡Pago Aprobado!')]);
    expect(await told(() => market.later(3_600_000))).toEqual([]);
  });

  it('is asked once in a sweep, however much there is to tell', async () => {
    for (let sale = 0; sale < 3; sale += 1) await market.buy({ token_tarjeta: newToken() });
    market.telegram.addFault({ route: 'send-message', kind: 'reset', when: 'before' });
    await market.later(1);
    const before = market.telegram.calls();
    await market.later(1);
    // Those that had begun when the first one failed are not called back.
    expect(market.telegram.calls() - before).toBeLessThanOrEqual(3);
    market.telegram.clearFaults();
    const texts = await told(async () => {
      await market.later(60_001);
      await market.later(60_001);
    });
    expect(texts).toHaveLength(3);
  });

  it('shows its token nowhere', async () => {
    market.telegram.addFault({ route: 'send-message', kind: 'reset', when: 'before', times: 1 });
    await soldAndSwept();
    expect(market.log.join('\n')).not.toContain('planted');
    expect(JSON.stringify(await market.items())).not.toContain('planted');
  });
});
