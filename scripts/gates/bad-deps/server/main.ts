// expect: simulator-is-wired-by-roles
import { simulate } from './sources/simulator/simulator.ts';

export const again = simulate;
