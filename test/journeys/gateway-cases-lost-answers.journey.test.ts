import { play } from './cases/case.ts';
import { cases } from './cases/lost-answers.ts';

play(cases);
