import { play } from './cases/case.ts';
import { cases } from './cases/keys.ts';

play(cases);
