/** `npm run rehearse:restore`: what a restore of an older copy of the table does to money and access, step by step. */
import { startMarket } from '../stage/market.ts';
import { rehearseRestore } from './restore-rehearsal.ts';

const market = await startMarket();
await rehearseRestore(market, (line) => process.stdout.write(`${line}\n`));
await market.stop();
