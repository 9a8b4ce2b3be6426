// expect: testing-is-for-tests
import { clock } from './testing-clock.ts';

export const again = clock;
