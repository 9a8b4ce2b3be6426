// expect: infrastructure-below-features
import { run } from '../site/runner.ts';

export const again = run;
