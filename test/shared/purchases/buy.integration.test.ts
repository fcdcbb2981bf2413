import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';
import { addRouter } from '../../stage/tenants.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const phone = { mac: 'AA:BB:CC:00:11:22', ip: '10.5.50.23' };

const keptCharges = () => market.conekta.ledger().charges.filter((charge) => charge.status === 'paid').length;

describe('an approved purchase', () => {
  it('answers as the contract shows and puts one user of ours on the router', async () => {
    const answer = await market.buy({ email_cliente: 'luis@Correo.MX' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      success: true,
      id_transaccion: expect.stringMatching(/^ord_/),
      estado_pago: 'paid',
      tipo_usuario: 'usuario_contrasena',
      usuario_hotspot: {
        usuario: expect.stringMatching(/^PT-[A-Z0-9]{8}$/),
        contrasena: expect.stringMatching(/^\d{6}$/),
      },
      producto: { nombre: '1 hora', precio: 15, moneda: 'MXN', perfil_mikrotik: '1hora' },
      cliente: { nombre: 'Luis Mora', email: 'luis@correo.mx' },
      auto_conexion: {
        estado: 'no_conectado',
        mac: '',
        ip: '',
        mensaje: 'Favor de ingresar sus credenciales para conectar a Internet',
        verificado: false,
      },
      estado_entrega: 'entregado',
    });
    const { usuario, contrasena } = answer.body.usuario_hotspot;
    const user = market.router.books.users().find((row) => row['name'] === usuario);
    expect(user).toMatchObject({
      password: contrasena,
      profile: '1hora',
      comment: expect.stringMatching(/^px:[0-9a-f]{16}$/),
    });
  });

  it('logs the phone in when asked, at the address the router knows, not the one that was sent', async () => {
    market.router.addHost(phone);
    const answer = await market.buy({
      conexion_automatica: true,
      mac_cliente: 'aa-bb-cc-00-11-22',
      ip_cliente: '10.9.9.9',
    });
    expect(answer.body.auto_conexion).toEqual({
      estado: 'conectado',
      mac: 'aa-bb-cc-00-11-22',
      ip: '10.9.9.9',
      mensaje: '¡Conexión establecida con éxito! Disfrute de Internet sin límites',
      verificado: true,
      session_id: null,
    });
    expect(market.router.books.active()).toContainEqual(
      expect.objectContaining({ user: answer.body.usuario_hotspot.usuario, address: '10.5.50.23' }),
    );
  });

  it('sells a PIN: the name is the whole credential', async () => {
    const answer = await market.buy({ tipo_usuario: 'pin' });
    expect(answer.body).toMatchObject({ tipo_usuario: 'pin', usuario_hotspot: { contrasena: '' } });
  });

  it('is one connection and six commands on the router, and ten DynamoDB calls apart from waiting', async () => {
    market.router.addHost({ mac: 'AA:BB:CC:00:11:33', ip: '10.5.50.24' });
    const before = market.router.books.commands();
    const calls = await market.countCalls(() =>
      market.buy({ conexion_automatica: true, mac_cliente: 'AA:BB:CC:00:11:33' }),
    );
    const after = market.router.books.commands();
    expect(after.connections - before.connections).toBe(1);
    const paths = after.recent.slice(before.recent.length).map((command) => command.path);
    expect(paths.filter((path) => path !== '/login')).toEqual([
      '/ip/hotspot/user/print',
      '/ip/hotspot/user/add',
      '/ip/hotspot/user/print',
      '/ip/hotspot/host/print',
      '/ip/hotspot/active/login',
      '/ip/hotspot/active/print',
    ]);
    const writes = (calls['TransactWriteItems'] ?? 0) + (calls['PutItem'] ?? 0) + (calls['UpdateItem'] ?? 0);
    // One more when the key's use is written, which an earlier sale did.
    expect(writes).toBeLessThanOrEqual(7);
    expect(calls['Scan']).toBeUndefined();
  });

  it('can be looked up by its link: the code with the secret, the state alone without', async () => {
    const { body } = await market.buy();
    const withSecret = await market.call('GET', body.consulta_url);
    expect(withSecret.body).toMatchObject({
      id_compra: body.id_compra,
      estado_pago: 'paid',
      estado_entrega: 'entregado',
      usuario_hotspot: body.usuario_hotspot,
    });
    const alone = await market.call('GET', `/api/v1/compras/${body.id_compra}`);
    expect(Object.keys(alone.body)).toEqual(['id_compra', 'estado_pago', 'estado_entrega', 'mensaje']);
    const guessed = await market.call('GET', `/api/v1/compras/${body.id_compra}?t=AAAAAAAAAAAAAAAAAAAAAA`);
    expect(guessed.body).toEqual(alone.body);
    expect((await market.call('GET', '/api/v1/compras/12345')).status).toBe(404);
  });
});

describe('the same request again', () => {
  it('ten times at once makes one charge and one user, and ten equal answers', async () => {
    const [charges, users] = [keptCharges(), market.customers().length];
    const body = { token_tarjeta: newToken(), email_cliente: 'ten@correo.mx' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => market.buy(body)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(keptCharges()).toBe(charges + 1);
    expect(market.customers().length).toBe(users + 1);
  });

  it('with the same key but other data is refused', async () => {
    const headers = { 'idempotency-key': 'portal-1' };
    await market.buy({ email_cliente: 'one@correo.mx', token_tarjeta: newToken() }, headers);
    const answer = await market.buy({ email_cliente: 'two@correo.mx', token_tarjeta: newToken() }, headers);
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: 'La clave de idempotencia ya se usó con otros datos.' },
    });
  });

  it('after a decline repeats the decline without asking the gateway', async () => {
    const body = { token_tarjeta: newToken('card_declined'), email_cliente: 'no@correo.mx' };
    const first = await market.buy(body);
    const calls = JSON.stringify(market.conekta.calls());
    const second = await market.buy(body);
    expect(first).toMatchObject({ status: 402, body: { detail: 'Tarjeta declinada. Contacte a su banco.' } });
    expect(second.body).toEqual(first.body);
    expect(JSON.stringify(market.conekta.calls())).toBe(calls);
  });
});

describe('a declined purchase', () => {
  it('charges nothing, leaves no user, and lets the buyer try again with a new token at once', async () => {
    const [charges, users] = [keptCharges(), market.customers().length];
    const declined = await market.buy({
      token_tarjeta: newToken('insufficient_funds'),
      email_cliente: 'eva@correo.mx',
    });
    expect(declined).toMatchObject({ status: 402, body: { detail: 'Fondos insuficientes en la tarjeta.' } });
    expect([keptCharges(), market.customers().length]).toEqual([charges, users]);
    expect((await market.buy({ email_cliente: 'eva@correo.mx' })).status).toBe(200);
  });

  it('refuses an empty token before any call', async () => {
    const answer = await market.buy({ token_tarjeta: '  ' });
    expect(answer).toMatchObject({ status: 400, body: { detail: 'Token de tarjeta inválido o ya utilizado.' } });
  });

  it('says so when a token was used before', async () => {
    const token = newToken();
    await market.buy({ token_tarjeta: token });
    const answer = await market.buy(
      { token_tarjeta: token, email_cliente: 'again@correo.mx' },
      { 'idempotency-key': 'x2' },
    );
    expect(answer).toMatchObject({
      status: 402,
      body: { detail: 'El token de tarjeta ya fue utilizado. Genere un nuevo token.' },
    });
  });
});

describe('while a purchase is open', () => {
  it('a second tap with a new token, by the same phone or the same e-mail, is not charged', async () => {
    market.conekta.addFault({ kind: 'delay', route: 'create-charge', when: 'after', ms: 600, times: 1 });
    const buyer = { email_cliente: 'worried@correo.mx', mac_cliente: 'AA:BB:CC:99:00:01' };
    const charges = keptCharges();
    const first = market.buy(buyer);
    await market.until(() => keptCharges() === charges + 1);
    for (const second of [
      { ...buyer, email_cliente: 'x@correo.mx' },
      { ...buyer, mac_cliente: undefined },
    ]) {
      const answer = await market.buy(second);
      expect(answer).toMatchObject({ status: 402, body: { detail: 'El pago está pendiente de confirmación.' } });
      expect(Object.keys(answer.body)).toEqual(['detail', 'id_compra']);
    }
    expect((await first).status).toBe(200);
    expect(keptCharges()).toBe(charges + 1);
    expect((await market.buy(buyer)).status).toBe(200);
  });
});

describe('before any charge', () => {
  const chargesUnchanged = async (work: () => Promise<void>) => {
    const orders = market.conekta.ledger().orders.length;
    await work();
    expect(market.conekta.ledger().orders.length).toBe(orders);
  };

  it.each([
    ['a name that is too long', { nombre_cliente: 'x'.repeat(101) }],
    ['a phone that is too long', { telefono_cliente: '1'.repeat(21) }],
    ['an e-mail that is none', { email_cliente: 'luis' }],
    ['a MAC that is none', { mac_cliente: 'AA:BB:CC' }],
    ['an address that is none', { ip_cliente: '10.5.50.999' }],
    ['a missing product', { producto_id: undefined }],
  ])('refuses %s with 422 and without echoing it', (_what, change) =>
    chargesUnchanged(async () => {
      const token = newToken();
      const answer = await market.buy({ ...change, token_tarjeta: token });
      expect(answer.status).toBe(422);
      expect(answer.body.detail[0]).toEqual({
        type: expect.any(String),
        loc: ['body', Object.keys(change)[0]],
        msg: expect.any(String),
      });
      expect(JSON.stringify(answer.body)).not.toContain(token);
    }),
  );

  it('refuses a product of another company, of another router of the same one, an inactive and an unknown one alike', () =>
    chargesUnchanged(async () => {
      const other = await market.openShop();
      const unknown = { status: 404, body: { detail: 'Producto no encontrado' } };
      expect(await market.buy({ producto_id: other.productId })).toMatchObject(unknown);
      const { routerId } = await addRouter(market.stage, market.shop.companyId, { nombre: 'Segundo' });
      const elsewhere = await market.sellPlan({ precio: 1 }, '1hora', { ...market.shop, routerId });
      expect(await market.buy({ producto_id: elsewhere })).toMatchObject(unknown);
      expect(await market.buy({ producto_id: 999_999 })).toMatchObject(unknown);
      await market.call('DELETE', `/api/v1/admin/products/${other.productId}`, { headers: other.admin });
      const answer = await market.buy({ producto_id: other.productId }, { 'x-api-key': other.apiKey });
      expect(answer).toMatchObject(unknown);
    }));

  it('refuses a router whose profile is gone', () =>
    chargesUnchanged(async () => {
      const shop = await market.openShop();
      const created = await market.call('POST', '/api/v1/admin/products', {
        headers: shop.admin,
        body: {
          router_id: shop.routerId,
          perfil_mikrotik_id: '*99',
          perfil_mikrotik_nombre: 'gone',
          nombre_venta: 'Gone',
          precio: '20.50',
        },
      });
      const answer = await market.buy({ producto_id: created.body.id }, { 'x-api-key': shop.apiKey });
      expect(answer).toMatchObject({
        status: 500,
        body: { detail: "No se pudo crear el usuario: Perfil 'gone' no encontrado. No se hizo ningún cargo." },
      });
    }));

  it.each(['device-mode', 'hotspot-inactivated'] as const)(
    'refuses a router whose hotspot is known to be blocked (%s), and sells once it is not',
    async (name) => {
      const shop = await market.openShop();
      const sold = () => market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey });
      const test = () =>
        market.call('GET', `/api/v1/admin/routers/${shop.routerId}/test-connection`, { headers: shop.admin });
      await test();
      await market.router.addFault({ name });
      await test();
      await chargesUnchanged(async () => {
        const detail = 'No se pudo crear el usuario: El hotspot está bloqueado. No se hizo ningún cargo.';
        expect(await sold()).toMatchObject({ status: 500, body: { detail } });
      });
      await market.router.clearFaults();
      market.clock.advance(5_000);
      expect((await sold()).body).toMatchObject({ estado_entrega: 'entregado' });
    },
  );
});
