import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { telegramTestText } from '#shared/http/wire/telegram-texts.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { secondsLeft, throttles } from '#shared/security/throttle.ts';
import { requireCompany } from '#shared/tenants/company.ts';

const SEND_WITHIN_MS = 10_000;

export const handler = endpoint(
  myCompanyRows.testTelegram,
  async ({ caller: { companyId }, body, receivedAt }, services) => {
    const company = await requireCompany(services.companies, companyId);
    const { sealedBotToken, chatId: storedChatId } = company.telegram;
    const chatId = body.chat_id ?? storedChatId;
    const isMissing = chatId === null || (body.token === undefined && sealedBotToken === null);
    if (isMissing) throw new Refusal('telegram-not-configured');
    const tries = await services.throttle.count('telegram-tests', companyId);
    if (tries.failures > throttles['telegram-tests'].limit)
      throw new Refusal('too-many-attempts', { retryAfterSeconds: secondsLeft(tries, receivedAt) });
    const token = body.token ?? (await services.box('telegram-tokens').open(companyId, sealedBotToken ?? ''));
    const { kind } = await services.telegram.send(token, chatId, telegramTestText(company), SEND_WITHIN_MS);
    if (kind !== 'sent') throw new Refusal('telegram-failed');
    return { status: 200, body: { message: 'Mensaje de prueba enviado con éxito' } };
  },
);
