// expect: translate-takes-types-only
import { parse } from './framing.ts';

export const again = parse;
