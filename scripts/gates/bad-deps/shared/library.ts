// expect: shared-is-pure
import { pino } from 'pino';

export const log = pino();
