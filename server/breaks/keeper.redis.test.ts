/** One desk for a site. Rules: docs/spec/breaks.md. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { type Keeper, startKeeper } from './keeper.ts';

let store: TestRedis;
let keepers: Keeper[] = [];
beforeAll(async () => {
  store = await startTestRedis();
});
afterAll(() => store.stop());
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.stop()));
  keepers = [];
});

async function start(keep: (site: string) => Promise<void>): Promise<Keeper> {
  const keeper = startKeeper({ breaks: { keep }, redis: await store.connect(), log: silentLog, everyMs: 5 });
  keepers.push(keeper);
  return keeper;
}

test('[BRK30] of several processes one keeps the desk of a site; when it stops another does', async () => {
  const kept: number[] = [];
  const heard = new Map<string, () => void>();
  const hear = (what: string) => new Promise<void>((resolve) => heard.set(what, resolve));
  const keepAs = (n: number) => async () => {
    kept.push(n);
    if (kept.length >= 20) heard.get('many')?.();
    if (n !== kept[0]) heard.get('other')?.();
  };
  const many = hear('many');
  const both = await Promise.all([start(keepAs(0)), start(keepAs(1))]);
  for (const keeper of both) keeper.join('main');
  await many;
  const [holder = 0] = kept;
  expect(new Set(kept).size).toBe(1);
  const other = hear('other');
  await both[holder]?.stop();
  await other;
  expect(kept.at(-1)).toBe(1 - holder);
});

test('[BRK31] a round that fails is tried again', async () => {
  let rounds = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const keeper = await start(async () => {
    if (++rounds < 3) throw new Error('PostgreSQL is away');
    resolve();
  });
  keeper.join('north');
  await promise;
  expect(rounds).toBe(3);
});
