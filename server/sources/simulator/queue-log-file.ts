// The queue_log that the simulated PBX leaves beside its AMI connection, or that was recorded with a session. It begins empty:
// a model that starts anew writes its whole past again.
import { appendFileSync, writeFileSync } from 'node:fs';

export interface QueueLogFile {
  /** Text is a byte string: one character per byte. */
  append(lines: readonly string[]): void;
}

export function createQueueLogFile(path: string): QueueLogFile {
  writeFileSync(path, '');
  return {
    append: (lines) => {
      if (lines.length > 0) appendFileSync(path, `${lines.join('\n')}\n`, 'latin1');
    },
  };
}

/** Hands out recorded lines as the clock reaches them. */
export function createDrip(
  lines: readonly string[],
  file: QueueLogFile,
  { shiftS, lagMs }: { shiftS: number; lagMs: number },
): (atMs: number) => void {
  let next = 0;
  return (atMs) => {
    const due: string[] = [];
    for (; next < lines.length; next++) {
      const line = lines[next] ?? '';
      const end = line.indexOf('|');
      const second = Number(line.slice(0, end)) + shiftS;
      if (second * 1000 + lagMs > atMs) break;
      due.push(`${second}${line.slice(end)}`);
    }
    file.append(due);
  };
}
