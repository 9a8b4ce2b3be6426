import { simulate } from '../sources/simulator/simulator.ts';
import { createTestApp } from '../testing/app.ts';

export const both = [simulate, createTestApp];
