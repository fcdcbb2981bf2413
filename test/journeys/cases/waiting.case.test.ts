import { play } from './case.ts';
import { cases } from './waiting.ts';

play(cases);
