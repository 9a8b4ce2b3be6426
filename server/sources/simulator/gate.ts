// Holds a flow of events back until the client that just logged in has taken its snapshot: a client that asks for the queues
// and the channels must get both as of the moment at which its events begin.

export interface SnapshotGate {
  /** Report an action that was answered. */
  answered(action: string): void;
  /** Resolves when both lists were asked for, or the wait is over, or the signal fires. */
  passed(waitMs: number, signal: AbortSignal): Promise<void>;
}

const NEEDED = ['queuestatus', 'coreshowchannels'] as const;

export function createSnapshotGate(): SnapshotGate {
  const asked = new Set<string>();
  let opened: (() => void) | undefined;
  const isOpen = (): boolean => NEEDED.every((action) => asked.has(action));
  return {
    answered: (action) => {
      asked.add(action.toLowerCase());
      if (isOpen()) opened?.();
    },
    passed: (waitMs, signal) =>
      new Promise((resolve) => {
        if (isOpen() || signal.aborted) return resolve();
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        signal.addEventListener('abort', done);
        opened = done;
      }),
  };
}
