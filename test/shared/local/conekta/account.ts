import http from 'node:http';
import https from 'node:https';
import { ChargesApi, Configuration, OrdersApi, WebhookKeysApi, WebhooksApi } from 'conekta';

const agents = { httpAgent: new http.Agent(), httpsAgent: new https.Agent() };

/** A company at a Conekta, through the official SDK; refusals are thrown as the SDK throws them. */
export class Account {
  readonly orders: OrdersApi;
  readonly charges: ChargesApi;
  readonly webhooks: WebhooksApi;
  readonly keys: WebhookKeysApi;

  constructor(basePath: string, accessToken = 'key_acme') {
    const configuration = new Configuration({
      accessToken,
      basePath,
      baseOptions: { ...agents, timeout: 5_000, proxy: false },
    });
    this.orders = new OrdersApi(configuration);
    this.charges = new ChargesApi(configuration);
    this.webhooks = new WebhooksApi(configuration);
    this.keys = new WebhookKeysApi(configuration);
  }

  async open(purchaseId = '42'): Promise<string> {
    const { data } = await this.orders.createOrder({
      currency: 'MXN',
      customer_info: { name: 'Ana López', email: 'ana@correo.mx', phone: '+525512345678' },
      line_items: [{ name: 'WiFi 1 h', unit_price: 1500, quantity: 1 }],
      metadata: { purchase_id: purchaseId },
    });
    return data.id ?? '';
  }

  async charge(orderId: string, token = 'tok_test_visa_4242'): Promise<void> {
    await this.charges.ordersCreateCharge(orderId, { payment_method: { type: 'card', token_id: token } });
  }

  async charged(token?: string): Promise<string> {
    const id = await this.open();
    await this.charge(id, token);
    return id;
  }

  async refund(orderId: string, amount: number): Promise<void> {
    await this.orders.orderRefund(orderId, { amount, reason: 'requested_by_client' });
  }

  async read(orderId: string) {
    return (await this.orders.getOrderById(orderId)).data;
  }

  /** @returns the ids, and where the next page begins */
  async list(query: {
    limit?: number;
    search?: string;
    next?: string | undefined;
    status?: string;
    createdSince?: number;
    createdUntil?: number;
    updatedSince?: number;
    updatedUntil?: number;
  }) {
    const { data } = await this.orders.getOrders(
      undefined,
      undefined,
      query.limit,
      query.search,
      query.next,
      undefined,
      query.status,
      undefined,
      undefined,
      query.createdSince,
      query.createdUntil,
      query.updatedSince,
      query.updatedUntil,
    );
    return {
      ids: data.data.map(({ id }) => id ?? ''),
      hasMore: data.has_more,
      nextUrl: data.next_page_url,
      next: data.next_page_url ? new URL(data.next_page_url).searchParams.get('next') : null,
    };
  }
}

/** What a refusal says: its status, type and the parameter it is about. */
export async function refusalOf(request: Promise<unknown>): Promise<{ status: number; type: string; param: string }> {
  try {
    await request;
  } catch (error) {
    const { status, data } = (
      error as { response: { status: number; data: { type: string; details: { param: string }[] } } }
    ).response;
    return { status, type: data.type, param: data.details[0]?.param ?? '' };
  }
  throw new Error('it was not refused');
}
