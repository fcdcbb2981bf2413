import type { Row } from './contract.ts';
import { apiKeyRows } from './contracts/api-keys.ts';
import { auditRows } from './contracts/audit.ts';
import { catalogueRows } from './contracts/catalogue.ts';
import { companyRows } from './contracts/companies.ts';
import { comparisonRows } from './contracts/comparison.ts';
import { dashboardRows } from './contracts/dashboards.ts';
import { docsRows } from './contracts/docs.ts';
import { hotspotUserRows } from './contracts/hotspot-users.ts';
import { logoRows } from './contracts/logos.ts';
import { myCompanyRows } from './contracts/my-company.ts';
import { paymentRows } from './contracts/payments.ts';
import { personalDataRows } from './contracts/personal-data.ts';
import { productRows } from './contracts/products.ts';
import { publicConfigRows } from './contracts/public-config.ts';
import { purchaseRows } from './contracts/purchases.ts';
import { routerCheckRows } from './contracts/router-check.ts';
import { routerToolRows } from './contracts/router-tools.ts';
import { routerRows } from './contracts/routers.ts';
import { sessionRows } from './contracts/session.ts';
import { settingsRows } from './contracts/settings.ts';
import { systemRows } from './contracts/system.ts';
import { transactionRows } from './contracts/transactions.ts';
import { userRows } from './contracts/users.ts';
import { webhookSettingsRows } from './contracts/webhook-settings.ts';
import { webhookRows } from './contracts/webhooks.ts';

/** THE table: every endpoint there is. Adding one is a row in its contract file and a function file under its id. */
export const routes: readonly Row[] = [
  ...Object.values(systemRows),
  ...Object.values(docsRows),
  ...Object.values(sessionRows),
  ...Object.values(companyRows),
  ...Object.values(routerRows),
  ...Object.values(apiKeyRows),
  ...Object.values(userRows),
  ...Object.values(myCompanyRows),
  ...Object.values(dashboardRows),
  ...Object.values(auditRows),
  ...Object.values(personalDataRows),
  ...Object.values(logoRows),
  ...Object.values(comparisonRows),
  ...Object.values(settingsRows),
  ...Object.values(productRows),
  ...Object.values(publicConfigRows),
  ...Object.values(catalogueRows),
  ...Object.values(routerToolRows),
  ...Object.values(paymentRows),
  ...Object.values(purchaseRows),
  ...Object.values(hotspotUserRows),
  ...Object.values(routerCheckRows),
  ...Object.values(transactionRows),
  ...Object.values(webhookRows),
  ...Object.values(webhookSettingsRows),
];
