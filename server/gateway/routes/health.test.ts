import { expect, test } from 'vitest';
import { oneAtATime, within } from './health.ts';

test('[OBS5] while Redis is away each question waits for it once, however often it is asked', async () => {
  const asked: string[] = [];
  let answer: () => void = () => {};
  const away = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const ask = async (question: string) => {
    asked.push(question);
    await away;
  };
  const store = oneAtATime({
    ping: () => ask('ping'),
    refusalOf: (site) => ask(`refusal ${site}`).then(() => null),
    hasOwner: (site) => ask(`owner ${site}`).then(() => true),
    streamLagMs: (site) => ask(`lag ${site}`).then(() => 7),
  });
  const answers = [1, 2, 3].flatMap(() => [store.refusalOf('a'), store.refusalOf('b'), store.streamLagMs('a')]);
  expect(asked).toEqual(['refusal a', 'refusal b', 'lag a']);
  answer();
  expect(new Set(await Promise.all(answers))).toEqual(new Set([null, 7]));
  expect(await store.hasOwner('a')).toBe(true);
  await store.refusalOf('a');
  expect(asked.filter((question) => question === 'refusal a')).toHaveLength(2);
});

test('[GW6] an answer that fails or is late is none', async () => {
  expect(await within(Promise.resolve(5))).toBe(5);
  expect(await within(Promise.reject(new Error('down')))).toBeUndefined();
  expect(await within(new Promise(() => {}), 1)).toBeUndefined();
});
