// expect: ioredis-only-in-redis
import type { Redis } from 'ioredis';

export type Connection = Redis;
