import { play } from './case.ts';
import { cases } from './webhooks.ts';

play(cases);
