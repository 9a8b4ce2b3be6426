/**
 * A Lua script by its digest. The server may forget scripts at any restart, so the source is sent again on NOSCRIPT.
 * Arguments go as one array: a commit has thousands, more than a call can spread.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

export type RunScript = (redis: Redis, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

export function defineScript(lua: string): RunScript {
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (redis, keys, args) => {
    const call = (name: string, script: string) =>
      redis.call(name, ([script, keys.length] as (string | number)[]).concat(keys, args));
    try {
      return await call('evalsha', sha);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return call('eval', lua);
    }
  };
}
