import fc from 'fast-check';
import { simulate } from '../sources/simulator/simulator.ts';

export const createTestApp = () => [fc, simulate];
