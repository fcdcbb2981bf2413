import { play } from './cases/case.ts';
import { cases } from './cases/money-back.ts';

play(cases);
