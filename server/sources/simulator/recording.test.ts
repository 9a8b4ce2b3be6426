import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { blockText, loadRecording } from './recording.ts';

const CAPTURE = new URL('../../testing/capture/', import.meta.url).pathname;
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderWith(files: Record<string, string | Buffer>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'floorcast-recording-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

const BANNER = 'Asterisk Call Manager/12.0.0\r\n';
const LIVE = 'Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795282183.852514\r\nUniqueid: 1.1\r\n\r\n';

test('[SIM65] the capture: six connections, two of them reset, every message either live or an answer', async () => {
  const recording = await loadRecording(CAPTURE);
  expect(recording.connections.map((c) => [c.conn, c.hasBanner, c.uptimeAtLoginS, c.blocks.length])).toEqual([
    [1, true, 0, 37_263],
    [2, true, 439, 55_349],
    [3, false, undefined, 0],
    [4, true, 0, 18_274],
    [5, false, undefined, 0],
    [6, true, undefined, 7390],
  ]);
  expect(recording.liveEvents).toBe(111_994);
  const [first] = recording.connections;
  // OriginateResponse carries somebody's ActionID and a Response header, and is live all the same.
  const originated = first?.blocks.filter((b) => blockText(first, b).startsWith('Event: OriginateResponse')) ?? [];
  expect(originated).toHaveLength(423);
  expect(originated.every((b) => b.kind === 'live')).toBe(true);
}, 30_000);

test('[SIM66] a single raw file, gzipped or not, without a session log; a cut last message is left out', async () => {
  const answer = 'Response: Success\r\nActionID: 7\r\nMessage: ok\r\n\r\n';
  const bytes = `${BANNER}${answer}${LIVE}${LIVE.slice(0, 50)}`;
  const folder = await folderWith({ 'a.raw': bytes, 'b.raw': gzipSync(bytes) });
  for (const file of ['a.raw', 'b.raw']) {
    const recording = await loadRecording(join(folder, file));
    expect(recording.liveEvents).toBe(1);
    expect(recording.connections[0]?.blocks.map((b) => b.kind)).toEqual(['answer', 'live']);
    expect(recording.endedAtMs).toBe(1_795_282_183_852);
  }
});

test('[SIM67] what is not a recording is named', async () => {
  await expect(loadRecording('/nowhere/at/all')).rejects.toThrow('no such file or folder');
  const empty = await folderWith({});
  await expect(loadRecording(empty)).rejects.toThrow('holds no raw connection file');
  const wrong = await folderWith({ 'x.conn1.txt': 'hello\r\n\r\n', 'y.txt.gz': Buffer.from([0x1f, 0x8b, 1, 2]) });
  await expect(loadRecording(wrong)).rejects.toThrow("doesn't begin with Asterisk's banner");
  await expect(loadRecording(join(wrong, 'y.txt.gz'))).rejects.toThrow('broken gzip file');
  const silent = await folderWith({ 'x.conn1.txt': BANNER });
  await expect(loadRecording(silent)).rejects.toThrow('no AMI events');
});
