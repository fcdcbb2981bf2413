import { play } from './cases/case.ts';
import { cases } from './cases/waiting.ts';

play(cases);
