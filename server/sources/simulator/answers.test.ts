import { expect, test } from 'vitest';
import { renderChannels, renderQueueStatus, renderQueueSummary } from './answers.ts';
import { createMirror } from './mirror.ts';
import { blockText, loadRecording } from './recording.ts';

const CAPTURE = new URL('../../testing/capture/', import.meta.url).pathname;

test('[SIM25] read and written again, every recorded list answer has the bytes of the real Asterisk', async () => {
  const recording = await loadRecording(CAPTURE);
  const seen = { queuestatus: 0, queuesummary: 0, coreshowchannels: 0 };
  for (const connection of recording.connections) {
    const mirror = createMirror();
    for (const { action, actionId, blocks } of connection.answers) {
      if (blocks.length < 2) continue;
      const texts = blocks.map((i) => blockText(connection, connection.blocks[i] ?? fail()));
      const recorded = `${texts.join('\r\n\r\n')}\r\n\r\n`;
      mirror.foldAnswer(texts, 1_795_282_000_000);
      const snapshot = mirror.snapshot(1_795_282_000_000);
      if (action === 'queuestatus') expect(renderQueueStatus(snapshot, {}, actionId)).toBe(recorded);
      else if (action === 'queuesummary')
        expect(sorted(renderQueueSummary(snapshot, {}, actionId))).toEqual(sorted(recorded));
      else if (action === 'coreshowchannels') expect(renderChannels(snapshot, actionId)).toBe(recorded);
      else continue;
      seen[action]++;
    }
  }
  expect(seen).toEqual({ queuestatus: 22, queuesummary: 22, coreshowchannels: 23 });
}, 30_000);

/** The mirror is of the QueueStatus just before; moving averages may differ from one answer to the next, members not. */
const sorted = (text: string): string[] => text.split('\r\n\r\n').sort();

function fail(): never {
  throw new Error('no such block');
}
