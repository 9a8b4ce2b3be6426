// expect: no-unresolved
import { nothing } from './nowhere.ts';

export const again = nothing;
