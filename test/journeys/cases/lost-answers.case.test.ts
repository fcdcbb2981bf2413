import { play } from './case.ts';
import { cases } from './lost-answers.ts';

play(cases);
