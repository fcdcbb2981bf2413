import { play } from './cases/case.ts';
import { cases } from './cases/answers.ts';

play(cases);
