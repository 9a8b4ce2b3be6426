/** Runs every gate (the `check:*` scripts of package.json) and says in one line each how it went. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

/** Returns the number of gates that failed; the output of a gate is shown only when it failed. */
export async function runGates(): Promise<number> {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:'));
  let failed = waiting.length === 0 ? 1 : 0;

  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const startedAt = performance.now();
      const { ok, output } = await run(scripts[name] ?? '');
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${ok ? '✓' : '✗'} ${name} (${seconds} s)`);
      if (ok) continue;
      failed += 1;
      console.log(output.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return failed;
}

async function run(command: string): Promise<{ ok: boolean; output: string }> {
  const child = spawn('sh', ['-c', `${command} 2>&1`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  const output = await text(child.stdout);
  return { ok: await ended, output };
}

if (import.meta.main) process.exitCode = (await runGates()) > 0 ? 1 : 0;
