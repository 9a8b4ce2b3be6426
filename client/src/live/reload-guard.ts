/**
 * Loads the page anew when the server speaks another version, but never in a loop: if the page that came back is of the
 * wrong version again (a proxy's cache, a half-finished update), it waits before the next try.
 */
const KEY = 'floorcast.reloaded';
const RETRY_AFTER_MS = 60_000;

export interface ReloadGuardOptions {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  readonly now: () => number;
  readonly reload: () => void;
  readonly later: (run: () => void, ms: number) => void;
}

export function createReloadGuard({
  storage,
  now,
  reload,
  later,
}: ReloadGuardOptions): (serverVersion: number | string) => void {
  let isWaiting = false;
  const attempt = (serverVersion: number | string): void => {
    const [version, at] = (storage.getItem(KEY) ?? '').split('@');
    const sinceLast = now() - Number(at ?? Number.NaN);
    if (version === String(serverVersion) && sinceLast >= 0 && sinceLast < RETRY_AFTER_MS) {
      if (isWaiting) return;
      isWaiting = true;
      later(() => {
        isWaiting = false;
        attempt(serverVersion);
      }, RETRY_AFTER_MS - sinceLast);
      return;
    }
    storage.setItem(KEY, `${serverVersion}@${now()}`);
    reload();
  };
  return attempt;
}
