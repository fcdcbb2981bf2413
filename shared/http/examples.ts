import type { Example } from './example.ts';
import { apiKeyExamples } from './examples/api-keys.ts';
import { auditExamples } from './examples/audit.ts';
import { catalogueExamples } from './examples/catalogue.ts';
import { companyExamples } from './examples/companies.ts';
import { comparisonExamples } from './examples/comparison.ts';
import { dashboardExamples } from './examples/dashboards.ts';
import { docsExamples } from './examples/docs.ts';
import { hotspotUserExamples } from './examples/hotspot-users.ts';
import { logoExamples } from './examples/logos.ts';
import { myCompanyExamples } from './examples/my-company.ts';
import { paymentExamples } from './examples/payments.ts';
import { personalDataExamples } from './examples/personal-data.ts';
import { productExamples } from './examples/products.ts';
import { publicConfigExamples } from './examples/public-config.ts';
import { purchaseExamples } from './examples/purchases.ts';
import { routerCheckExamples } from './examples/router-check.ts';
import { routerToolExamples } from './examples/router-tools.ts';
import { routerExamples } from './examples/routers.ts';
import { sessionExamples } from './examples/session.ts';
import { settingsExamples } from './examples/settings.ts';
import { systemExamples } from './examples/system.ts';
import { transactionExamples } from './examples/transactions.ts';
import { userExamples } from './examples/users.ts';
import { webhookSettingsExamples } from './examples/webhook-settings.ts';
import { webhookExamples } from './examples/webhooks.ts';

/** Every example there is, by its row's id. Read by the API's description only, so that no other function carries them. */
export const examples: Readonly<Record<string, Example>> = {
  ...systemExamples,
  ...docsExamples,
  ...sessionExamples,
  ...companyExamples,
  ...routerExamples,
  ...apiKeyExamples,
  ...userExamples,
  ...myCompanyExamples,
  ...logoExamples,
  ...dashboardExamples,
  ...auditExamples,
  ...personalDataExamples,
  ...comparisonExamples,
  ...settingsExamples,
  ...productExamples,
  ...publicConfigExamples,
  ...catalogueExamples,
  ...routerCheckExamples,
  ...routerToolExamples,
  ...paymentExamples,
  ...purchaseExamples,
  ...hotspotUserExamples,
  ...transactionExamples,
  ...webhookExamples,
  ...webhookSettingsExamples,
};
