import type { IncomingMessage } from 'node:http';
import { beforeEach, expect, test } from 'vitest';
import { type Admission, Identities } from './identities.ts';
import { subjectWith, TestIdentities } from './testing-identity.ts';

let now: number;
let port: TestIdentities;
let ended: string[];
let identities: Identities;

beforeEach(() => {
  now = 1_000;
  ended = [];
  port = new TestIdentities();
  port.subjects.set('ann', subjectWith({ teams: ['A'] }));
  port.subjects.set('bo', subjectWith({}));
  identities = new Identities(
    port,
    () => now,
    (credential) => ended.push(credential),
  );
});

const requestOf = (token: string, remoteAddress = '192.0.2.7') =>
  ({
    headers: { host: 'localhost', ...(token && { authorization: `Bearer ${token}` }) },
    socket: { remoteAddress },
    httpVersion: '1.1',
  }) as IncomingMessage;
const known = async (token: string): Promise<Admission> => {
  const admission = await identities.of(requestOf(token));
  if (!admission) throw new Error('not known');
  return admission;
};

test('[SCP8] a storm of one credential is one question; each credential gets its own answer', async () => {
  const admissions = await Promise.all([known('ann'), known('bo'), known('ann'), known('ann')]);
  now += 2_999;
  admissions.push(await known('ann'));
  expect(admissions.map(({ credential }) => credential)).toEqual(['ann', 'bo', 'ann', 'ann', 'ann']);
  expect(port.asked).toEqual(['ann', 'bo']);
});

test('[SCP8] what was answered to this machine is not answered to another one', async () => {
  port.subjects.set('', subjectWith({}));
  expect(await identities.of(requestOf('', '127.0.0.1'))).not.toBeNull();
  port.subjects.delete('');
  expect(await identities.of(requestOf(''))).toBeNull();
  expect(await identities.of(requestOf('', '127.0.0.1'))).not.toBeNull();
});

test('[SCP8] after three seconds it is asked anew, also when the clock was set back', async () => {
  await known('ann');
  now += 3_000;
  await known('ann');
  now -= 60_000;
  await known('ann');
  expect(port.asked).toEqual(['ann', 'ann', 'ann']);
});

test('[SCP8] an answer ends with its credential, and so does what was given of it', async () => {
  const before = await known('ann');
  const other = await known('bo');
  expect(identities.hasEnded(before)).toBe(false);
  port.subjects.delete('ann');
  port.tellEnd('ann');
  expect(ended).toEqual(['ann']);
  expect([identities.hasEnded(before), identities.hasEnded(other)]).toEqual([true, false]);
  expect(await identities.of(requestOf('ann'))).toBeNull();
  await known('bo');
  expect(port.asked).toEqual(['ann', 'bo', 'ann']);
});

test('[SCP8] rights that change while the question is under way are asked for again', async () => {
  let isFirst = true;
  port.beforeAnswer = () => {
    if (!isFirst) return;
    isFirst = false;
    port.subjects.set('ann', subjectWith({ teams: ['B'] }));
    port.tellEnd('ann');
  };
  expect((await known('ann')).subject.scope.teams).toEqual(['B']);
  expect(port.asked).toEqual(['ann', 'ann']);
});

test('[SCP8] an answer of which nobody can say whether it ended is not given', async () => {
  const admission = await known('ann');
  for (let n = 0; n <= 10_000; n++) port.tellEnd(`session ${n}`);
  expect(identities.hasEnded(admission)).toBe(true);
  expect(identities.hasEnded(await known('ann'))).toBe(false);
  expect(port.asked).toEqual(['ann', 'ann']);
});

test('[SCP8] who is not known, and what nobody could answer, is asked again at once', async () => {
  expect(await identities.of(requestOf('eve'))).toBeNull();
  port.subjects.set('eve', subjectWith({}));
  await known('eve');
  port.isStoreAway = true;
  await expect(identities.of(requestOf('cy'))).rejects.toThrow('away');
  port.isStoreAway = false;
  port.subjects.set('cy', subjectWith({}));
  await known('cy');
});

test('[SCP8] after the stop nobody is told', () => {
  identities.stop();
  port.tellEnd('ann');
  expect(ended).toEqual([]);
});
