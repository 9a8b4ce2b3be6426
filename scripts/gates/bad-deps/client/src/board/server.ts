// expect: client-imports-shared-only
import { log } from '../../../server/log.ts';

export const again = log;
