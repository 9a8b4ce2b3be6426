// expect: nothing-imports-tests
import { both } from './runner.test.ts';

export const again = both;
