// expect: gateway-never-imports-core
import { reduce } from '../core/reduce.ts';

export const again = reduce;
