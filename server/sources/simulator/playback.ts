// One recorded connection as it is played: its events in order, the recorder's own answers left out of the flow but used for
// the first snapshot, and the mirror that answers every later one.
import type { AmiAction } from './action-framing.ts';
import { createMirror } from './mirror.ts';
import type { Pbx } from './pbx.ts';
import { blockText, type RecordedBlock, type RecordedConnection } from './recording.ts';

/** What the world looks like from a place in the recording; shared by all connections of a replay. */
export interface Playback {
  readonly pbx: Pbx;
  readonly atMs: number;
  /** Goes to the start of a connection: its login, and the recorded first answers for who asks now. */
  open(connection: RecordedConnection): void;
  /** From here on snapshots come from the mirror. */
  leaveStart(): void;
  /** True at the place where a reader should have its snapshot before the flow goes on. */
  wantsSnapshotAt(index: number): boolean;
  /** The bytes of a live block; undefined for what the recorder alone was told. Advances the state the first time. */
  pass(index: number): Buffer | undefined;
}

const STAMPS = /(\r\n(?:Timestamp|LastCall|LastPause|LoginTime): )(\d+)/g;

export function createPlayback(clockShiftMs: number): Playback {
  const mirror = createMirror();
  let connection: RecordedConnection | undefined;
  let atMs = 0;
  let bootedAtMs = 0;
  let isBooted = true;
  let isAtStart = false;
  /** How far the mirror has got; a rewound reader hears events again that are already in it. */
  let folded = 0;
  let answerEnds = new Map<number, readonly number[]>();
  const shiftS = Math.round(clockShiftMs / 1000);

  const shifted = (text: string): string =>
    shiftS === 0
      ? text
      : text.replace(STAMPS, (_, key: string, s: string) => key + (s === '0' ? s : Number(s) + shiftS));
  const textOf = (block: RecordedBlock): string => (connection ? shifted(blockText(connection, block)) : '');
  const textsOf = (blocks: readonly number[]): string[] =>
    blocks.flatMap((index) => {
      const block = connection?.blocks[index];
      return block ? [textOf(block)] : [];
    });

  const fold = (index: number, block: RecordedBlock): void => {
    atMs = block.atMs + shiftS * 1000;
    if (block.kind === 'live') {
      const text = textOf(block);
      mirror.fold(text, atMs);
      if (isBoot(text)) {
        isBooted = true;
        bootedAtMs = atMs;
      }
    }
    const answer = answerEnds.get(index);
    if (answer) mirror.foldAnswer(textsOf(answer), atMs);
  };

  /** The recorded first answer to this action, under the asker's own ActionID. */
  const answer = (action: AmiAction): string | undefined => {
    if (!isAtStart || !connection || action.get('queue') || action.get('member')) return undefined;
    const recorded = connection.answers.find((a) => a.action === action.name.toLowerCase());
    const texts = recorded ? textsOf(recorded.blocks) : [];
    // An error was true for the recorder at its moment; only a list is worth repeating.
    if (!recorded || texts.length < 2) return undefined;
    const line = action.actionId === undefined ? '' : `\r\nActionID: ${action.actionId}`;
    return texts.map((text) => `${text.replace(`\r\nActionID: ${recorded.actionId}`, () => line)}\r\n\r\n`).join('');
  };

  return {
    get atMs() {
      return atMs;
    },
    pbx: {
      encoding: 'latin1',
      isBooted: () => isBooted,
      bootedAtMs: () => bootedAtMs,
      nowMs: () => atMs,
      snapshot: () => mirror.snapshot(atMs),
      answer,
    },
    open: (next) => {
      connection = next;
      folded = 0;
      atMs = next.connectedAtMs + shiftS * 1000;
      isAtStart = true;
      isBooted = next.uptimeAtLoginS !== undefined;
      bootedAtMs = atMs - (next.uptimeAtLoginS ?? 0) * 1000;
      answerEnds = new Map(next.answers.map((a) => [a.blocks.at(-1) ?? -1, a.blocks]));
    },
    leaveStart: () => {
      isAtStart = false;
    },
    wantsSnapshotAt: (index) => {
      if (!connection || index !== folded) return false;
      const before = connection.blocks[index - 1];
      if (!isBooted) return false;
      // Right after a login that was already booted, or right after the boot itself.
      return index === 0 || (before?.kind === 'live' && isBoot(textOf(before)));
    },
    pass: (index) => {
      const block = connection?.blocks[index];
      if (!connection || !block) return undefined;
      if (index >= folded) {
        fold(index, block);
        folded = index + 1;
      }
      if (block.kind !== 'live') return undefined;
      if (shiftS !== 0) return Buffer.from(`${textOf(block)}\r\n\r\n`, 'latin1');
      return connection.bytes.subarray(block.start, block.end);
    },
  };
}

const isBoot = (text: string): boolean => text.startsWith('Event: FullyBooted');
