import { play } from './case.ts';
import { cases } from './answers.ts';

play(cases);
