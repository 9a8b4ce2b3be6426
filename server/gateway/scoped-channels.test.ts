/** Channels of views, followed as a screen does, against the rules spelled out once more. Rules: docs/spec/live.md. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyFrame, type ChannelCopy, emptyCopy, type Frame, readHead } from '../../shared/frame.ts';
import { COUNTERS } from '../../shared/metric.ts';
import { type View, viewKey } from '../../shared/policy.ts';
import { ACTIVITIES, PRESENCES } from '../../shared/presence.ts';
import { type Cell, CHANNELS, type Channel, type Table } from '../../shared/view.ts';
import { createLogger } from '../log.ts';
import { startMirror } from './mirror.ts';
import { ScopedChannels } from './scoped-channels.ts';
import { rowOf, TestFeed } from './testing-feed.ts';
import { TestOwner, type WantedRows } from './testing-owner.ts';
import { named, type Shown, shownOf } from './testing-view.ts';

const log = createLogger({ level: 'silent', format: 'text', write: () => {} });
const NOW = 1_795_282_215_000;

// No two begin alike, so that what an id shares with the one before it hides none of them.
const QUEUES = ['Albatross', 'Bumblebee', 'Chameleon', '|Dragonfly'];
const QUEUE_NAMES = ['Eucalyptus', 'Foxglove', 'Gooseberry', 'Hyacinth'];
const CALLERS = ['Ibuprofen', 'Jalapeno', 'Kerosene', 'Lemonade'];
const TEAMS = ['Marigold', 'Narcissus', 'Oleander'];
const AGENTS = ['Periwinkle', 'Quince', 'Rhubarb', 'Snapdragon'];
const NAMES = ['Tamarind', 'Umbrella', 'Valerian', 'Wisteria'];
const WORDS = [...QUEUES, ...QUEUE_NAMES, ...CALLERS, ...TEAMS, ...AGENTS, ...NAMES].map((word) =>
  word.replace('|', ''),
);

type Cells = Record<string, Cell>;
const count = fc.nat(9);
const instant = fc.integer({ min: NOW - 50_000, max: NOW });
const record = (cells: Record<string, fc.Arbitrary<Cell>>): fc.Arbitrary<Cells> => fc.record(cells);
const counters = record(Object.fromEntries(COUNTERS.map((name) => [name, count])));

/** Up to three rows of a table; every third is deleted. */
const rowsOf = (table: Table, ids: readonly string[], cellsOf: (n: number) => fc.Arbitrary<Cells>) =>
  fc.uniqueArray(
    fc.nat(ids.length - 1).chain((n) =>
      fc.option(cellsOf(n), { nil: undefined, freq: 2 }).map((cells) => {
        const id = ids[n] as string;
        return [id, cells && rowOf(table, cells)] as const;
      }),
    ),
    { selector: ([id]) => id, maxLength: 3 },
  );

const live = { waiting: count, overdue: count, suspects: count, oldestWaitingSince: fc.option(instant) };
const queueCells = (n: number) => record({ ...live, name: fc.constant(QUEUE_NAMES[n] ?? null), free: count });
const agentCells = (n: number): fc.Arbitrary<Cells> =>
  fc
    .record({
      team: fc.option(fc.constantFrom(...TEAMS), { freq: 9 }),
      queues: fc.subarray(QUEUES),
      paused: fc.subarray(QUEUES),
      contact: fc.option(fc.nat(QUEUES.length - 1)),
      presence: fc.constantFrom(...PRESENCES),
      activity: fc.constantFrom(...ACTIVITIES),
      presenceSince: instant,
      activitySince: instant,
      canTakeCall: fc.boolean(),
      isSuspect: fc.boolean(),
      activityMs: fc.array(fc.nat(90_000), { minLength: ACTIVITIES.length, maxLength: ACTIVITIES.length }),
      availableIdleMs: fc.nat(90_000),
      countedTo: fc.option(instant),
    })
    .map(({ paused, contact, ...cells }) => ({
      ...cells,
      name: NAMES[n] ?? null,
      presenceMs: PRESENCES.map(() => 0),
      pausedIn: cells.queues.filter((queue) => paused.includes(queue)),
      contactQueue: (contact !== null && QUEUES[contact]) || null,
      caller: (contact !== null && CALLERS[contact]) || null,
    }));
const BUCKETS = ['', ...QUEUES].flatMap((queue) => [NOW - 900_000, NOW].map((startAt) => ({ queue, startAt })));
const bucketIds = BUCKETS.map(({ queue, startAt }) => `${queue}|${startAt}`);
const bucketCells = (n: number) => counters.map((cells) => ({ ...cells, ...BUCKETS[n] }));
const dayCells = () => fc.tuple(counters, record({ waitP50Ms: count })).map(([a, b]) => ({ ...a, ...b }));

const randomRows: { readonly [T in Table]?: fc.Arbitrary<NonNullable<WantedRows[T]>> } = {
  site: record({ ...live, name: fc.constant('the site') }).map((cells) => [['main', rowOf('site', cells)]]),
  queues: rowsOf('queues', QUEUES, queueCells),
  sources: rowsOf('sources', ['pbx'], () => record({ aliveAt: instant })),
  today: rowsOf('today', ['', ...QUEUES], dayCells),
  trend: rowsOf('trend', bucketIds, bucketCells),
  minutes: rowsOf('minutes', bucketIds, bucketCells),
  gaps: rowsOf('gaps', [`pbx|${NOW}`], () => record({ startAt: instant })),
  agents: rowsOf('agents', AGENTS, agentCells),
};

const SCOPED = ['board', 'counts', 'agents'] as const satisfies Channel[];
const channels = fc.constantFrom<Channel>(...SCOPED);
const tablesOf = (some: readonly Channel[]): Table[] =>
  some.flatMap((channel) => CHANNELS[channel] as readonly Table[]);
const rowsIn = (some: readonly Channel[]): fc.Arbitrary<WantedRows> =>
  fc.record(Object.fromEntries(tablesOf(some).map((table) => [table, randomRows[table] as fc.Arbitrary<never>])));
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .subarray([...SCOPED], { minLength: 1 })
      .chain(rowsIn)
      .map((rows) => ({ do: 'commit' as const, rows })),
  },
  {
    weight: 1,
    arbitrary: channels.chain((channel) =>
      rowsIn([channel]).map((rows) => ({ do: 'rewrite' as const, channel, rows })),
    ),
  },
  { weight: 1, arbitrary: channels.map((channel) => ({ do: 'rejoin' as const, channel })) },
);
const view: fc.Arbitrary<View> = fc.oneof(
  fc.record({ queues: fc.subarray(QUEUES), teams: fc.constant(null) }),
  fc.record({ queues: fc.constant(null), teams: fc.subarray(TEAMS) }),
  fc.record({ queues: fc.subarray(QUEUES), teams: fc.subarray(TEAMS) }),
);
const story = fc.record({ view, first: fc.record(randomRows as never), steps: fc.array(step, { maxLength: 25 }) });

/** The commits that change what a channel of a view shows. */
const MOVES_WITH = { board: ['board', 'agents'], counts: ['counts'], agents: ['agents'] } as const;

const contentOf = (copy: ChannelCopy): Shown =>
  Object.fromEntries(
    Object.entries(copy.tables).map(([table, rows]) => [
      table,
      Object.fromEntries(Array.from(rows.entries(), ([id, row]) => [id, named(table as Table, row)])),
    ]),
  );

/** A screen with all channels of one view, and what it was sent last. */
class Follower {
  readonly copies = new Map<Channel, ChannelCopy>();
  readonly expected = new Map<Channel, Shown>();
  sent: { channel: Channel; bytes: Frame; didChange: boolean }[] = [];

  take(channel: Channel, bytes: Frame): void {
    const copy = this.copies.get(channel) ?? emptyCopy(channel);
    this.copies.set(channel, copy);
    const before = JSON.stringify(contentOf(copy));
    const isWhole = readHead(bytes).from === null;
    applyFrame(copy, bytes);
    this.sent.push({ channel, bytes, didChange: isWhole || JSON.stringify(contentOf(copy)) !== before });
  }

  /** Words that the bytes hold and the view does not show. */
  leaks(): string[] {
    return this.sent.flatMap(({ channel, bytes }) => {
      const shown = JSON.stringify(this.expected.get(channel));
      return WORDS.filter((word) => Buffer.from(bytes).includes(word) && !shown.includes(word));
    });
  }
}

test('[SCP3][SCP4] whatever happens, a copy that applies every frame shows what the view shows, and no byte tells of more', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ view, first, steps }) => {
      const feed = new TestFeed(() => 1_000);
      const owner = new TestOwner(feed, NOW, first);
      let at = NOW;
      let countedAt = NOW;
      const follower = new Follower();
      const mirror = startMirror({
        feeds: new Map([['main', feed]]),
        now: () => 1_000,
        log,
        asksForTouched: (site) => scoped.has(site),
        onCommit: (site, frames) => tell(scoped.commit(site, frames)),
        onReset: (site, channel) => tell(scoped.reset(site, channel)),
      });
      const scoped = new ScopedChannels(mirror);
      const numberOf = (channel: Channel) => 1 + SCOPED.indexOf(channel as (typeof SCOPED)[number]);
      const tell = (told: ReturnType<ScopedChannels['commit']>) => {
        for (const { number, channel, delta } of told) {
          const bytes = delta ?? scoped.snapshot(number);
          if (bytes) follower.take(channel, bytes);
        }
      };
      const expectNow = (channel: Channel) =>
        follower.expected.set(
          channel,
          shownOf((table) => owner.rows(table), view, channel, countedAt),
        );
      const join = (channel: Channel) => {
        scoped.open(numberOf(channel), 'main', channel, { name: viewKey(view), view });
        const bytes = scoped.snapshot(numberOf(channel));
        if (!bytes) throw new Error('nothing to show');
        follower.take(channel, bytes);
        expectNow(channel);
      };
      const check = () => {
        for (const channel of SCOPED) {
          const copy = follower.copies.get(channel);
          expect(copy && contentOf(copy)).toEqual(follower.expected.get(channel));
          expect(copy?.rev).toBe(scoped.rev(numberOf(channel)));
          const snapshot = scoped.snapshot(numberOf(channel));
          expect(snapshot).toBe(scoped.snapshot(numberOf(channel)));
          const anew = emptyCopy(channel);
          applyFrame(anew, snapshot ?? Buffer.of());
          expect({ ...contentOf(anew), rev: anew.rev, at: anew.at }).toEqual(
            copy && { ...contentOf(copy), rev: copy.rev, at: copy.at },
          );
        }
        expect(follower.leaks()).toEqual([]);
        expect(follower.sent.filter(({ didChange }) => !didChange)).toEqual([]);
        follower.sent = [];
      };

      await feed.idle();
      for (const channel of SCOPED) join(channel);
      check();
      for (const one of steps) {
        at += 1_500;
        if (one.do === 'rejoin') {
          scoped.close(numberOf(one.channel));
          join(one.channel);
        } else {
          if (one.do === 'rewrite') owner.rewrite(one.channel, at, one.rows);
          else owner.commit(at, one.rows);
          await feed.idle();
          const moved = SCOPED.filter((channel) => CHANNELS[channel].some((table) => table in one.rows));
          if (moved.includes('counts')) countedAt = at;
          for (const channel of SCOPED)
            if (MOVES_WITH[channel].some((cause) => (moved as Channel[]).includes(cause))) expectNow(channel);
          for (const { channel } of follower.sent) expect(follower.copies.get(channel)?.at).toBe(at);
        }
        check();
      }
      await mirror.stop();
    }),
    { numRuns: 300 },
  );
}, 60_000);

const TEAM_VIEW: View = { queues: null, teams: ['Marigold'] };

/** One channel of the view of one team, over a mirror of its own. */
async function openTeam(channel: Channel, { asksForTouched = true } = {}) {
  const feed = new TestFeed(() => 1_000);
  const owner = new TestOwner(feed, NOW, { site: [['main', rowOf('site', {})]] });
  const told: ReturnType<ScopedChannels['commit']> = [];
  const mirror = startMirror({
    feeds: new Map([['main', feed]]),
    now: () => 1_000,
    log,
    asksForTouched: () => asksForTouched,
    onCommit: (site, frames) => told.push(...scoped.commit(site, frames)),
    onReset: (site, channel) => told.push(...scoped.reset(site, channel)),
  });
  const scoped = new ScopedChannels(mirror);
  await feed.idle();
  scoped.open(1, 'main', channel, { name: viewKey(TEAM_VIEW), view: TEAM_VIEW });
  scoped.snapshot(1);
  const setAgent = async (id: string, team: string | null) => {
    owner.commit(NOW + 1, { agents: [[id, team === null ? undefined : rowOf('agents', { team, queues: [] })]] });
    await feed.idle();
  };
  return { feed, owner, mirror, scoped, told, setAgent };
}

test('[SCP3] a copy that has become holes for the most part is made anew, and the snapshot is told', async () => {
  const { mirror, scoped, told, setAgent } = await openTeam('agents');
  for (let n = 0; n < 300; n++) {
    await setAgent('a', 'Marigold');
    await setAgent('a', 'Narcissus');
  }
  await setAgent('a', 'Marigold');
  expect(told.every(({ delta }) => delta !== null)).toBe(true);
  for (let n = 0; n < 300; n++) {
    await setAgent('a', 'Narcissus');
    await setAgent('a', 'Marigold');
  }
  expect(told.filter(({ delta }) => delta === null)).toHaveLength(1);
  const copy = emptyCopy('agents');
  applyFrame(copy, scoped.snapshot(1) ?? Buffer.of());
  expect([...(copy.tables.agents?.entries() ?? [])].map(([id]) => id)).toEqual(['a']);
  expect(copy.tables.agents?.ids.length).toBeLessThan(512);
  await mirror.stop();
});

test('[SCP3] a commit that does not say what it touched is answered by the snapshot', async () => {
  const { mirror, scoped, told, setAgent } = await openTeam('agents', { asksForTouched: false });
  await setAgent('a', 'Marigold');
  expect(told).toEqual([{ number: 1, channel: 'agents', delta: null }]);
  expect(Buffer.from(scoped.snapshot(1) ?? []).includes('Marigold')).toBe(true);
  await mirror.stop();
});

test('[SCP3] there is nothing to show before all of it was read, nor while a part of it is spoilt', async () => {
  const { feed, owner, mirror, scoped, told } = await openTeam('board');
  expect(scoped.snapshot(1)).not.toBeNull();
  const agents = feed.views.get('agents');
  feed.views.delete('agents');
  feed.push({ agents: Buffer.of(4 * 9, 0, 250) });
  await feed.idle();
  expect(scoped.snapshot(1)).toBeNull();
  owner.rewrite('board', NOW + 4);
  await feed.idle();
  expect(told).toEqual([]);
  feed.views.set('agents', agents as NonNullable<typeof agents>);
  owner.rewrite('agents', NOW + 5, { agents: [['a', rowOf('agents', { team: 'Marigold', presence: 'available' })]] });
  await feed.idle();
  expect(told).toEqual([{ number: 1, channel: 'board', delta: null }]);
  expect(scoped.snapshot(1)).not.toBeNull();
  await mirror.stop();
});
