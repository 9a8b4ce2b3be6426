/** The page's one connection, wired to the browser: visibility, animation frames, reloads. */
import { LiveConnection } from './live-connection.ts';
import { openLiveSocket } from './live-socket.ts';
import { createReloadGuard } from './reload-guard.ts';

let shared: LiveConnection | null = null;

export function startLive(): LiveConnection {
  if (shared) return shared;
  const connection = new LiveConnection({
    socket: openLiveSocket(),
    reload: createReloadGuard({
      storage: sessionStorage,
      now: Date.now,
      reload: () => location.reload(),
      later: (run, ms) => {
        setTimeout(run, ms);
      },
    }),
  });
  document.addEventListener('visibilitychange', () => connection.setVisible(document.visibilityState === 'visible'));
  connection.start();
  shared = connection;
  return connection;
}
