import { play } from './case.ts';
import { cases } from './keys.ts';

play(cases);
