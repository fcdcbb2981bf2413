/** What operators read in Telegram (contract 12): HTML, every value escaped, access codes left out. */
import { decimalText } from '../../platform/money.ts';
import type { Words } from '../../notify/courier.ts';
import type { Company } from '../../store/companies.ts';
import type { Purchase } from '../../store/purchases.ts';
import { declineTexts } from './decline-texts.ts';
import { noticeSentence } from './settings.ts';
import { transactionId } from './buy-answer.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const line = (label: string, value: string): string => `<b>${label}</b> ${escaped(value)}`;

const price = (minor: number, currency: string): string => `$${decimalText(minor)} ${currency}`;

const common = (company: Company, purchase: Purchase): readonly string[] => [
  line('🏢 Empresa:', company.name),
  line('📦 Plan:', purchase.productName),
  line('💰 Monto:', price(purchase.amountMinor, purchase.currency)),
  line('👤 Cliente:', purchase.customer.name),
];

const idLine = (purchase: Purchase): string =>
  `<b>🆔 Transacción:</b> <code>${escaped(transactionId(purchase) ?? String(purchase.id))}</code>`;

function saleText(company: Company, purchase: Purchase): string {
  const isDelivered = purchase.deliveredAt !== null;
  return [
    '<b>✅ ¡Pago Aprobado!</b>',
    ...common(company, purchase),
    idLine(purchase),
    `<i>${isDelivered ? '🔥 Acceso WiFi entregado correctamente.' : '⏳ El acceso se está activando.'}</i>`,
  ].join('\n');
}

function declineText(company: Company, purchase: Purchase): string {
  const reason = purchase.refusal ? declineTexts[purchase.refusal.reason] : 'El pago no fue aprobado.';
  return ['<b>❌ Pago Rechazado</b>', ...common(company, purchase), line('⚠️ Motivo:', reason)].join('\n');
}

function reversalText(company: Company, purchase: Purchase, minor: number): string {
  const amount = price(minor, purchase.currency);
  const isBanks = purchase.disputedAt !== null || purchase.chargedBackAt !== null;
  return [
    isBanks ? '<b>⚖️ Pago en disputa con el banco</b>' : '<b>↩️ Reembolso</b>',
    ...common(company, purchase),
    line(isBanks ? '💸 En disputa:' : '💸 Devuelto:', amount),
    idLine(purchase),
  ].join('\n');
}

export const telegramWords: Words = {
  ofMessage({ news }, company, purchase) {
    if (news.kind === 'declines')
      return [
        '<b>❌ Pagos Rechazados</b>',
        line('🏢 Empresa:', company.name),
        line('🔢 Rechazos:', String(news.count)),
      ].join('\n');
    if (!purchase) return undefined;
    switch (news.kind) {
      case 'sale':
        return saleText(company, purchase);
      case 'declined':
        return declineText(company, purchase);
      case 'reversal':
        return reversalText(company, purchase, news.minor);
    }
  },
  ofNotice: (notice, company) =>
    ['<b>🔔 Aviso</b>', line('🏢 Empresa:', company.name), escaped(noticeSentence(notice))].join('\n'),
};

/** The answer to "do my settings work?" (contract 12, #31). */
export const telegramTestText = (company: Company): string =>
  [
    '<b>⚡ Prueba de Conexión en Vivo</b>',
    line('🏢 Empresa:', company.name),
    '✅ ¡Tus credenciales son correctas!',
  ].join('\n');
