import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { examples } from '#shared/http/examples.ts';
import { newMercadoPagoToken, newToken, type Place, type Shop } from '../stage/market.ts';
import { formOf } from '../stage/form.ts';
import type { Answer, Headers } from '../stage/stage.ts';

const values = z.record(z.string(), z.unknown());

/**
 * A shop of its own for one example, and what the example's placeholders stand for in it. Examples share a few invented
 * names; each is made real when an example uses it, so a new example needs nothing here as long as it uses these.
 */
export class Scene {
  readonly market: Place;
  readonly shop: Shop;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(market: Place, shop: Shop) {
    this.market = market;
    this.shop = shop;
  }

  /** The value with every placeholder in it replaced. @param field where it stands; numbers count in their field only */
  async real(value: unknown, field = ''): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.real(item, field)));
    if (typeof value === 'object' && value !== null && !(value instanceof File)) {
      const entries = Object.entries(value).map(async ([name, inner]) => [name, await this.real(inner, name)] as const);
      return Object.fromEntries(await Promise.all(entries));
    }
    const make = standIns[typeof value === 'number' ? `${field} ${value}` : String(value)];
    return make ? make(this) : value;
  }

  /** An admin of the shop's company whose password is the examples' own. */
  ana(): Promise<{ readonly id: number; readonly email: string; readonly headers: Headers }> {
    return this.#once('ana', async () => {
      const email = `${randomUUID()}@wifi.mx`;
      const password = 'contraseña-de-ejemplo';
      const user = { email, password, nombre: 'Ana Ruiz', rol: 'cliente_admin', empresa_id: this.shop.companyId };
      const headers = await this.market.asSuperAdmin();
      const { body } = await this.must(this.market.call('POST', '/admin/usuarios', { headers, body: user }));
      const stored = await this.market.services.users.find(body.usuario.id);
      if (!stored) throw new Error('Ana was not stored');
      return { id: stored.id, email, headers: await this.market.asUser(stored) };
    });
  }

  /** What the example of a purchase buys, with Conekta. */
  sale(): Promise<Answer> {
    return this.#once('sale', () => this.#buy('payments/pay-with-conekta', '/api/v1/payments/pagar-conekta'));
  }

  /** The same with Mercado Pago. */
  saleByMercadoPago(): Promise<Answer> {
    return this.#once('sale by Mercado Pago', async () => {
      await this.connectMercadoPago();
      return this.#buy('payments/pay-with-mercado-pago', '/api/v1/payments/pagar-mercado-pago');
    });
  }

  connectMercadoPago(): Promise<string> {
    return this.#once('Mercado Pago', () => this.market.connectMercadoPago(undefined, this.shop));
  }

  /** A logo of the shop's company. @returns the name of its file */
  logo(): Promise<string> {
    return this.#once('logo', async () => {
      const form = await formOf(values.parse(examples['logos/upload']?.body), this.shop.admin);
      const { body } = await this.must(this.market.call('POST', '/api/v1/admin/mi-empresa/logo', form));
      return String(body.logo_url).split('/').at(-1) ?? '';
    });
  }

  /** A sale whose refund the gateway refused. */
  refusedRefund(): Promise<void> {
    return this.#once('refused refund', async () => {
      const { body } = await this.sale();
      const { market, shop } = this;
      market.conekta.addFault({ route: 'refund', kind: 'no-balance' });
      const path = `/api/v1/admin/mi-empresa/transacciones/${body.id_compra}/reembolsar`;
      await this.must(market.call('POST', path, { headers: shop.admin }));
      market.conekta.clearFaults();
    });
  }

  async must(answering: Promise<Answer>): Promise<Answer> {
    const answer = await answering;
    if (answer.status >= 300) throw new Error(`The scene failed: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  async #buy(id: string, path: string): Promise<Answer> {
    const body = await this.real(examples[id]?.body);
    return this.must(this.market.call('POST', path, { headers: { 'x-api-key': this.shop.apiKey }, body }));
  }

  #once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = (this.#made.get(name) as Promise<T> | undefined) ?? make();
    this.#made.set(name, made);
    return made;
  }
}

type StandIn = (scene: Scene) => unknown;

const purchaseId: StandIn = async (scene) => (await scene.sale()).body.id_compra;

/** By the text itself, or by field and number. */
const standIns: Readonly<Record<string, StandIn>> = {
  EMP_3A9F1C0B2D: ({ shop }) => shop.companyId,
  RTR_A1B2C3D4: ({ shop }) => shop.routerId,
  key_0f1e2d3c4b5a6978: async ({ market, shop }) => {
    const path = `/admin/empresas/${shop.companyId}/routers/${shop.routerId}/api-keys`;
    return (await market.call('GET', path, { headers: await market.asSuperAdmin() })).body[0].key_id;
  },
  'logo_EMP_3A9F1C0B2D_a1b2c3.png': (scene) => scene.logo(),
  'producto_id 3': ({ shop }) => shop.productId,
  // The one that is sold already; a new plan takes another profile.
  '*3': () => `*${randomUUID()}`,
  'usuario_id 12': async (scene) => (await scene.ana()).id,
  'ana@wifi.mx': async (scene) => (await scene.ana()).email,
  'luis@wifi.mx': () => `${randomUUID()}@wifi.mx`,
  'luis@correo.mx': () => `${randomUUID()}@correo.mx`,
  tok_de_ejemplo: () => newToken(),
  token_de_ejemplo: () => newMercadoPagoToken(),
  'TEST-token-de-ejemplo': () => `TEST-${randomUUID()}`,
  key_privada_de_ejemplo: ({ shop }) => shop.conektaKey,
  'id_compra 344556677889900': purchaseId,
  'id 344556677889900': purchaseId,
  // The request of a buyer to be forgotten.
  '0f1e2d3c4b5a69788796a5b4': async ({ market, shop }) => {
    const path = '/api/v1/admin/mi-empresa/datos-personales/eliminar';
    return (await market.call('POST', path, { headers: shop.admin, body: { email: 'luis@correo.mx' } })).body
      .solicitud_id;
  },
  'secreto-de-ejemplo': async (scene) =>
    new URL((await scene.sale()).body.consulta_url, 'http://api').searchParams.get('t'),
  'PT-7K2QXM4H': async (scene) => (await scene.sale()).body.usuario_hotspot.usuario,
  '482193': async (scene) => (await scene.sale()).body.usuario_hotspot.contrasena,
  '123456789': async (scene) => (await scene.saleByMercadoPago()).body.id_transaccion,
  HS344556677889900: async (scene) => `HS${(await scene.saleByMercadoPago()).body.id_compra}`,
};
