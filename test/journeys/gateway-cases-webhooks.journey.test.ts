import { play } from './cases/case.ts';
import { cases } from './cases/webhooks.ts';

play(cases);
