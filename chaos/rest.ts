/** A floor at rest: every counter, copy, answer and row of history against what the PBX has told. */

import { API } from '../shared/api.ts';
import type { IntegrityAnswer } from '../shared/api-integrity.ts';
import { isLogSource } from '../shared/source.ts';
import { type Floor, until } from './floor.ts';
import { fromContacts, fromIntervals, rejected } from './history.ts';
import { LiveScreen, SITE } from './screen.ts';
import {
  betweenCopies,
  type Difference,
  describe,
  EVERY_CHANNEL,
  fromApi,
  fromOracle,
  fromTold,
  lostAndDouble,
  type Rows,
} from './tables.ts';

export interface Rest {
  readonly lost: number;
  readonly double: number;
  readonly problems: readonly string[];
}

export interface Expectation {
  /** No event was told while nobody listened. */
  readonly isAllHeard: boolean;
  /** Nobody listened for so long that the report must say so. */
  readonly wantsGap: boolean;
}

const REST_MS = 20_000;
/** Quarter hours become facts when a minute is over. */
const NEXT_MINUTE_MS = 65_000;
/** A process that stalls while it writes holds the site until PostgreSQL has given it up. */
const HISTORY_MS = 45_000;
const MAX_TOLD = 12;

/** Resolves when everything is equal, or with what is not when that takes too long. */
export async function comeToRest(floor: Floor, expected: Expectation): Promise<Rest> {
  const { pbx, screens, gateways } = floor;
  const settled = pbx.settle();
  const fresh = gateways.map(({ name, url }) => new LiveScreen(`${name}/fresh`, url));
  const everyone = [...screens, ...fresh];
  try {
    const numbers = await inTime(REST_MS, async () => {
      const late = everyone
        .filter((screen) => screen.mark() !== settled)
        .map(({ name }) => `${name} never came to rest`);
      const { problems, ...sums } = await compare(floor, everyone, expected);
      return { ...sums, problems: [...late, ...problems] };
    });
    if (floor.database === null) return numbers;
    pbx.skip(NEXT_MINUTE_MS);
    const history = await inTime(HISTORY_MS, () => compareHistory(floor, everyone, expected.isAllHeard));
    return { ...numbers, problems: [...numbers.problems, ...history.problems] };
  } finally {
    for (const screen of fresh) screen.close();
  }
}

/** What a look at it says when nothing is wrong any more, or in the end. */
async function inTime<T extends { readonly problems: readonly string[] }>(
  ms: number,
  look: () => Promise<T>,
): Promise<T> {
  let result = await look();
  const isQuiet = async () => {
    result = await look();
    return result.problems.length === 0;
  };
  await until(isQuiet, ms, 'not at rest').catch(() => {});
  return result;
}

async function compare(
  { pbx, reference, gateways }: Floor,
  everyone: readonly LiveScreen[],
  { isAllHeard, wantsGap }: Expectation,
): Promise<Rest> {
  const shown = allRows(everyone.at(-1) as LiveScreen);
  const counted = [...fromTold(shown, pbx.tally.told), ...fromOracle(shown, reference.rows(), isAllHeard)];
  const copies = differingCopies(everyone);
  const answers = (await Promise.all(gateways.map(({ url }) => apiDifferences(url, shown)))).flat();
  const gaps = wantsGap ? (await Promise.all(gateways.map(({ url }) => gapProblems(url)))).flat() : [];
  return { ...lostAndDouble(counted), problems: [...some(counted), ...copies, ...some(answers), ...gaps] };
}

async function compareHistory(
  { database, reference }: Floor,
  everyone: readonly LiveScreen[],
  isAllHeard: boolean,
): Promise<{ problems: string[] }> {
  if (database === null) return { problems: [] };
  const { sql } = database;
  try {
    const sums = await fromIntervals(sql, allRows(everyone.at(-1) as LiveScreen));
    const contacts = isAllHeard ? await fromContacts(sql, reference.contacts()) : [];
    return { problems: [...some(sums), ...some(contacts), ...(await rejected(sql))] };
  } catch (error) {
    return { problems: [`history cannot be read: ${(error as Error).message}`] };
  }
}

const some = (differences: readonly Difference[]): string[] => {
  const told = differences.slice(0, MAX_TOLD).map(describe);
  return differences.length > MAX_TOLD ? [...told, `and ${differences.length - MAX_TOLD} more`] : told;
};

const allRows = (screen: LiveScreen): Rows =>
  Object.assign({}, ...EVERY_CHANNEL.map((channel) => screen.rows(channel)));

/** Every copy must be that of the first, cell by cell, at the same revision. */
function differingCopies(screens: readonly LiveScreen[]): string[] {
  const problems: string[] = [];
  for (const channel of EVERY_CHANNEL) {
    const [first, ...others] = screens;
    if (!first) continue;
    for (const other of others) {
      if (other.rev(channel) !== first.rev(channel)) {
        problems.push(`${other.name} ${channel} is at ${other.rev(channel)}, ${first.name} at ${first.rev(channel)}`);
      } else {
        const found = betweenCopies(other.rows(channel), first.rows(channel));
        problems.push(...some(found).map((text) => `${other.name} ${text}`));
      }
    }
  }
  return problems;
}

async function apiDifferences(gatewayUrl: string, shown: Rows): Promise<Difference[]> {
  const { queues } = await ask<{ queues: { id: string; today: object }[] }>(gatewayUrl, API.queues.path);
  return fromApi(queues, shown);
}

/** The report must name the time in which nobody listened, and what the log has told of it since. */
async function gapProblems(gatewayUrl: string): Promise<string[]> {
  const { gaps } = await ask<IntegrityAnswer>(gatewayUrl, API.integrity.path);
  const ofWire = gaps.filter(({ source }) => !isLogSource(source));
  if (ofWire.length === 0) return ['/integrity names no gap'];
  return ofWire
    .filter(({ endAt, isFilled }) => endAt === null || !isFilled)
    .map(({ cause, endAt }) => `/integrity: a gap (${cause}) is ${endAt === null ? 'open' : 'not filled'}`);
}

async function ask<T>(gatewayUrl: string, where: string): Promise<T> {
  return (await (await fetch(`${gatewayUrl}${where.replace('{site}', SITE)}`)).json()) as T;
}
