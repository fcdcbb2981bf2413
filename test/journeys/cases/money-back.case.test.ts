import { play } from './case.ts';
import { cases } from './money-back.ts';

play(cases);
