/** The screens as browsers load them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Where they are not built yet; a built one is taken as it is. */
export function buildClient(): void {
  if (existsSync(join(ROOT, 'client/dist/index.html'))) return;
  execFileSync(join(ROOT, 'node_modules/.bin/vite'), ['build', 'client', '--logLevel', 'error'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
