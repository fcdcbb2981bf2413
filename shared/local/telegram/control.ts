import { ControlRefusal, type ControlRoute, NO_FAULT, read } from '../control-route.ts';
import { telegramFault } from './faults.ts';
import type { TelegramSimulator } from './simulator.ts';

/** @param embedded undefined when the person named another Telegram */
export function telegramControl(embedded: TelegramSimulator | undefined): readonly ControlRoute[] {
  const telegram = (): TelegramSimulator => {
    if (embedded) return embedded;
    throw new ControlRefusal(404, 'There is no Telegram simulator: TELEGRAM_BASE_URL points elsewhere.');
  };
  return [
    {
      method: 'GET',
      path: '/telegram/messages',
      what: 'What operators were told by Telegram.',
      run: () => ({ messages: telegram().messages() }),
    },
    {
      method: 'POST',
      path: '/telegram/faults',
      what: 'Telegram fails as told; GET /faults lists how: {"kind", "route": "send-message", ...}.',
      run: (body) => {
        const simulator = telegram();
        const added = read(telegramFault, body, NO_FAULT);
        simulator.addFault(added);
        return { added };
      },
    },
    {
      method: 'DELETE',
      path: '/telegram/faults',
      what: 'Telegram works again.',
      run: () => {
        telegram().clearFaults();
        return { cleared: 'telegram' };
      },
    },
  ];
}
