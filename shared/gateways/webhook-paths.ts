/** Where gateways send their webhooks, below this deployment's own address. */
export const webhookPaths = {
  /** One for all companies; its query names the company (contract 8.1). */
  mercadoPago: '/api/v1/webhook/mercado-pago',
  conekta: (companyId: string) => `/api/v1/webhook/conekta/${companyId}`,
} as const;
