/** At every QueueStatus that was recorded, the state folded from events alone is the state that Asterisk tells. */
import { expect, test } from 'vitest';
import { reduce } from '../core/reduce.ts';
import { type AmiMessage, createFramer } from '../sources/ami/framing.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { translateSnapshot } from '../sources/ami/translate-snapshot.ts';
import { loadRecording, type RecordedAnswer, type RecordedConnection } from '../sources/simulator/recording.ts';
import { testSite } from './site.ts';

const FOLDER = new URL('./capture/', import.meta.url);

test('[TRUTH6] snapshot and folded state agree at every recorded snapshot', { timeout: 60_000 }, async () => {
  const recording = await loadRecording(FOLDER.pathname);
  const site = testSite();
  const translator = createTranslator();
  const differences: Record<string, number> = {};
  const seen = { snapshots: 0, rows: 0, waiting: 0 };

  for (const connection of recording.connections) {
    const framer = createFramer({ wanted: translator.wantedEvents });
    const ends = new Map(connection.answers.map((answer) => [answer.blocks.at(-1), answer]));
    let queueRows: AmiMessage[] | null = null;
    let isSynced = false;
    for (const [i, block] of connection.blocks.entries()) {
      const fold = (events: ReturnType<typeof translator.event>) => {
        for (const event of events) reduce(site, event, { source: 'ami', receivedAt: block.atMs });
      };
      if (block.kind === 'live') {
        framer.push(connection.bytes.subarray(block.start, block.end), (message) =>
          fold(translator.event(message, block.atMs)),
        );
      }
      const answer = ends.get(i);
      const rows = answer && rowsOf(connection, answer);
      if (!rows) continue;
      if (answer.action === 'queuestatus' && rows.length > 0) {
        queueRows = rows;
        if (isSynced) compare(rows, block.atMs);
      }
      if (answer.action === 'coreshowchannels' && queueRows !== null && !isSynced) {
        isSynced = true;
        const times = { bootedAt: null, requestedAt: block.atMs, receivedAt: block.atMs };
        translator.snapshot({ reason: 'connect', queueRows, channelRows: rows, ...times });
        fold(translator.idle(block.atMs + 500));
      }
    }
    for (const event of translator.disconnected(connection.lostAtMs, 'closed')) {
      reduce(site, event, { source: 'ami', receivedAt: connection.lostAtMs });
    }
  }

  function compare(rows: AmiMessage[], at: number): void {
    seen.snapshots++;
    const told = translateSnapshot(
      { reason: 'check', queueRows: rows, channelRows: null, bootedAt: null, requestedAt: at, receivedAt: at },
      at,
    );
    for (const { queue, thresholdMs } of told.queues) {
      const ours = [...(site.queues.get(queue)?.waiting ?? [])].map((id) => site.contacts.get(id)?.call);
      const theirs = told.waiting.filter((row) => row.queue === queue).map(({ call }) => call);
      expect(ours.toSorted()).toEqual(theirs.toSorted());
      expect(site.queues.get(queue)?.thresholdMs).toBe(thresholdMs);
      seen.waiting += theirs.length;
    }
    for (const row of told.memberships) {
      seen.rows++;
      const agent = site.agents.get(row.agent);
      const membership = agent?.memberships.get(row.queue);
      const same = {
        name: agent?.name === row.name,
        device: agent?.device === row.device,
        paused: membership?.paused === row.paused,
        pauseReason: membership?.pauseReason === row.pauseReason,
        penalty: membership?.penalty === row.penalty,
      };
      for (const [name, isSame] of Object.entries(same)) if (!isSame) differences[name] = (differences[name] ?? 0) + 1;
    }
    const members = [...site.agents.values()].flatMap(({ memberships }) => [...memberships.keys()]);
    expect(members).toHaveLength(told.memberships.length);
  }

  expect(seen).toEqual({ snapshots: 18, rows: 997, waiting: 156 });
  // One device state reached the snapshot 14 ms before its event; everything else is the same to the letter.
  expect(differences).toEqual({ device: 1 });
});

function rowsOf(connection: RecordedConnection, answer: RecordedAnswer): AmiMessage[] | undefined {
  const rows: AmiMessage[] = [];
  const framer = createFramer();
  framer.push(Buffer.from('Asterisk Call Manager/12.0.0\r\n'), () => {});
  for (const index of answer.blocks) {
    const block = connection.blocks[index];
    if (block) framer.push(connection.bytes.subarray(block.start, block.end), (message) => rows.push(message));
  }
  const items = rows.filter(({ kind, name }) => kind === 'event' && !name.endsWith('Complete'));
  return rows.at(-1)?.name.endsWith('Complete') ? items : undefined;
}
