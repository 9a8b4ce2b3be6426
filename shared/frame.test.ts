import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Row, type TableDelta, updateTable } from './delta.ts';
import { applyFrame, type ChannelCopy, emptyCopy, encodeDelta, encodeWhole, type Frame, readHead } from './frame.ts';
import { type Cell, CHANNELS, type Channel, channelNames, TABLES, type Table } from './view.ts';

const NOW = 1_795_282_215_000;
const integer = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -200_000, max: 200_000 }),
  fc.integer({ min: NOW - 100_000, max: NOW + 1_000 }),
  fc.maxSafeInteger(),
);
const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: integer },
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('live', 'available', 'queue-7', '排队'),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(integer, fc.string()), { maxLength: 4 }),
);

/** A few commits of one channel: rows by table and id, `undefined` for a deleted one. */
const channel = fc.constantFrom(...channelNames);
const rowOf = (table: Table) =>
  fc.array(cell, { minLength: TABLES[table].length, maxLength: TABLES[table].length }) as fc.Arbitrary<Row>;
const id = fc.constantFrom('a', 'ab', 'abc', 'sales|1795282200000', 'sales|1795283100000', '客服', '');
const changesOf = (name: Channel) =>
  fc.array(
    fc.record({
      at: fc.integer({ min: NOW - 5_000, max: NOW + 5_000 }),
      jump: fc.constantFrom(1, 1, 1, 1_000),
      tables: fc.record(
        Object.fromEntries(
          CHANNELS[name].map((table) => [
            table,
            fc.array(fc.tuple(id, fc.option(rowOf(table), { nil: undefined })), { maxLength: 4 }),
          ]),
        ) as { [T in Table]: fc.Arbitrary<[string, Row | undefined][]> },
        { requiredKeys: [] },
      ),
    }),
    { maxLength: 6 },
  );
const story = channel.chain((name) => fc.tuple(fc.constant(name), changesOf(name)));

function commit(
  owner: ChannelCopy,
  to: number,
  at: number,
  wanted: { readonly [T in Table]?: [string, Row | undefined][] },
): Frame {
  const deltas: { [T in Table]?: TableDelta } = {};
  for (const [name, rows] of Object.entries(wanted) as [Table, [string, Row | undefined][]][]) {
    const table = owner.tables[name];
    const delta = table && updateTable(table, new Map(rows));
    if (delta) deltas[name] = delta;
  }
  const frame = encodeDelta(owner, to, at, deltas);
  owner.rev = to;
  owner.at = at;
  return frame;
}

/** What a copy shows: live rows under their indexes, and where it stands. A hole at the end is nobody's business. */
const contentOf = ({ rev, at, tables }: ChannelCopy) => ({
  rev,
  at,
  rows: Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.indexed()])),
});

describe('frames', () => {
  test('[FRM1] a copy that applies every delta is the owner, row for row under the same index', () => {
    fc.assert(
      fc.property(story, ([name, changes]) => {
        const owner = emptyCopy(name);
        const copy = emptyCopy(name);
        for (const { at, jump, tables } of changes) {
          applyFrame(copy, commit(owner, owner.rev + jump, at, tables));
          expect(contentOf(copy)).toEqual(contentOf(owner));
        }
      }),
      { numRuns: 400 },
    );
  });

  test('[FRM2] a whole frame gives the copy at once, holes included, and takes the deltas made after it', () => {
    fc.assert(
      fc.property(story, fc.nat(5), ([name, changes], joinsAt) => {
        const owner = emptyCopy(name);
        let copy: ChannelCopy | null = null;
        for (const [i, { at, jump, tables }] of changes.entries()) {
          if (i === joinsAt) {
            copy = emptyCopy(name);
            applyFrame(copy, encodeWhole(owner));
            expect(contentOf(copy)).toEqual(contentOf(owner));
          }
          const frame = commit(owner, owner.rev + jump, at, tables);
          if (copy) applyFrame(copy, frame);
        }
        if (copy) expect(contentOf(copy)).toEqual(contentOf(owner));
      }),
      { numRuns: 400 },
    );
  });

  test('[FRM3] the head tells where a frame begins and ends', () => {
    const owner = emptyCopy('agents');
    expect(readHead(commit(owner, 1, NOW, {}))).toEqual({ from: 0, to: 1 });
    expect(readHead(commit(owner, 1_001, NOW, {}))).toEqual({ from: 1, to: 1_001 });
    expect(readHead(encodeWhole(owner))).toEqual({ from: null, to: 1_001 });
  });

  test('[FRM4] a frame of another revision is refused', () => {
    const owner = emptyCopy('agents');
    commit(owner, 1, NOW, {});
    const second = commit(owner, 2, NOW, {});
    expect(() => applyFrame(emptyCopy('agents'), second)).toThrow('the frame begins at 1, the copy is at 0');
  });

  test('[FRM4] bytes that are no frame are refused, never believed without bound', () => {
    fc.assert(
      fc.property(
        story,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(),
        ([name, changes], edits, cut) => {
          const owner = emptyCopy(name);
          for (const { at, tables } of changes) commit(owner, owner.rev + 1, at, tables);
          const bytes = encodeWhole(owner);
          for (const [where, value] of edits) bytes[where % bytes.length] = value;
          const copy = emptyCopy(name);
          try {
            applyFrame(copy, bytes.subarray(0, 1 + (cut % bytes.length)));
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
          for (const table of Object.values(copy.tables)) expect(table.ids.length).toBeLessThanOrEqual(1_000_001);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('[FRM5] what commonly changes is small', () => {
    const owner = emptyCopy('agents');
    const row = (answered: number, talkMsSum: number): Row => [
      ...['Ann', 'available', '', NOW - 60_000, 'idle', NOW - 4_000, true, ['q1', 'q2'], [], null, null],
      ...[answered, talkMsSum, 0],
    ];
    commit(owner, 5_000_000, NOW, { agents: [['a', row(41, 9_000_000)]] });
    // Head 4, clock 1, table 1, count 1, row 1, two cells 1 and 4.
    expect(commit(owner, 5_000_001, NOW + 50, { agents: [['a', row(42, 9_240_000)]] })).toHaveLength(13);
  });
});
