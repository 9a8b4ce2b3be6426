// expect: simulator-is-wired-by-app
import { simulate } from './sources/simulator/simulator.ts';

export const again = simulate;
