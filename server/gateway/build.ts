/** Which screens are served: a name that changes when the client is built anew, so that TVs notice. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const KEEP_MS = 2_000;

/** index.html names all that belongs to it by content. */
export function buildOf(clientDir: string, now: () => number): () => Promise<string> {
  let known = Promise.resolve('');
  let dueAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() < dueAt) return known;
    dueAt = now() + KEEP_MS;
    known = readFile(path.join(clientDir, 'index.html')).then(
      (page) => createHash('sha256').update(page).digest('hex').slice(0, 8),
      () => 'not built',
    );
    return known;
  };
}
