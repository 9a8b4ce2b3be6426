/** Connections of a process that dies or stalls at a moment that the test chooses. */
import { dropRedis, type Redis, type RedisPurpose } from './client.ts';
import type { TestRedis } from './testing-redis.ts';

type Connect = (purpose: RedisPurpose) => Promise<Redis>;

/**
 * A process that dies at its n-th exchange with Redis: before the command is sent, or after it was carried out but
 * before the answer is seen. Between two exchanges a process changes nothing but its memory, so these are all the
 * points at which a death can matter.
 */
export function mortalConnect(store: TestRedis, dieAt: number, isAnswerLost: boolean) {
  const connections: Redis[] = [];
  let commands = 0;
  let tellDeath = () => {};
  const died = new Promise<void>((resolve) => {
    tellDeath = resolve;
  });
  const die = () => {
    for (const redis of connections) dropRedis(redis);
    tellDeath();
    throw new Error('killed');
  };
  const connect: Connect = async (purpose) => {
    const redis = await store.connect(purpose);
    connections.push(redis);
    const send = redis.sendCommand.bind(redis);
    redis.sendCommand = (...args) => {
      if (commands++ !== dieAt) return send(...args);
      return isAnswerLost ? Promise.resolve(send(...args)).then(die, die) : Promise.resolve().then(die);
    };
    return redis;
  };
  return { connect, died };
}

/** A process that can be stalled: while held, nothing that it sends reaches Redis. */
export function stallingConnect(store: TestRedis) {
  let held: Promise<void> | null = null;
  let release = () => {};
  const connect: Connect = async (purpose) => {
    const redis = await store.connect(purpose);
    const send = redis.sendCommand.bind(redis);
    redis.sendCommand = (...args) => (held ? held.then(() => send(...args)) : send(...args));
    return redis;
  };
  return {
    connect,
    stall() {
      held = new Promise((resolve) => {
        release = () => {
          held = null;
          resolve();
        };
      });
    },
    resume: () => release(),
  };
}
