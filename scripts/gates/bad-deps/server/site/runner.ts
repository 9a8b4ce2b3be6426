import { log } from '../log.ts';
import { redis } from '../redis/client.ts';

export const run = () => [log, redis];
