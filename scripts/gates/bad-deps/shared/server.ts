// expect: shared-is-pure
import { log } from '../server/log.ts';

export const say = log;
