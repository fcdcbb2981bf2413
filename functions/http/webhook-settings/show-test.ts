import { webhookSettingsRows } from '#shared/http/contracts/webhook-settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toTestBody } from '#shared/http/wire/webhook-settings.ts';

export const handler = endpoint(webhookSettingsRows.showTest, ({ receivedAt }, { ownUrl }) =>
  Promise.resolve({ status: 200, body: toTestBody(ownUrl, receivedAt) }),
);
