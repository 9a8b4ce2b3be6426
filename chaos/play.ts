/** Rounds one after another, told line by line, and their sum. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Draw } from './deck.ts';
import { type Outcome, playRound } from './round.ts';

export interface Summary {
  readonly isPassed: boolean;
  /** `PASS rounds=N lost=0 double=0 stale_shown=N/N`, or `FAIL …` with the same fields. */
  readonly line: string;
}

export async function playRounds(
  draws: Iterator<Draw>,
  rounds: number,
  folder: string,
  say: (line: string) => void,
): Promise<Summary> {
  const sum = { lost: 0, double: 0, shown: 0, failed: 0 };
  for (let n = 1; n <= rounds; n++) {
    const draw = draws.next().value as Draw;
    const kept = path.join(folder, `round-${n}`);
    const since = performance.now();
    const outcome = await playRound(draw, kept).catch(
      (error: Error): Outcome => ({
        lost: 0,
        double: 0,
        isStaleShown: false,
        isHandedOver: false,
        oldestMs: 0,
        events: 0,
        problems: [error.stack ?? error.message],
      }),
    );
    sum.lost += outcome.lost;
    sum.double += outcome.double;
    if (outcome.isStaleShown) sum.shown++;
    say(lineOf(`${n}/${rounds}`, draw, outcome, performance.now() - since));
    if (outcome.problems.length === 0) {
      rmSync(kept, { recursive: true, force: true });
      continue;
    }
    sum.failed++;
    for (const problem of outcome.problems) say(`    ${problem}`);
    say(`    seed ${draw.seed}; logs: ${kept}`);
  }
  const isPassed = sum.failed === 0 && sum.lost + sum.double === 0 && sum.shown === rounds;
  const fields = `rounds=${rounds} lost=${sum.lost} double=${sum.double} stale_shown=${sum.shown}/${rounds}`;
  return { isPassed, line: `${isPassed ? 'PASS' : 'FAIL'} ${fields}` };
}

function lineOf(n: string, { faults, script }: Draw, outcome: Outcome, tookMs: number): string {
  const { lost, double, isStaleShown, isHandedOver, oldestMs, events, problems } = outcome;
  return [
    problems.length === 0 ? 'ok  ' : 'FAIL',
    n.padStart(7),
    script.padEnd(6),
    faults
      .map(({ fault, afterMs, lastsMs }) => `${fault.name} after ${seconds(afterMs)} for ${seconds(lastsMs)}`)
      .join(', ')
      .padEnd(44),
    `events=${events} lost=${lost} double=${double} oldest=${seconds(oldestMs)}`,
    isStaleShown ? 'shown' : 'MISLED',
    `(${seconds(tookMs)})`,
    ...(isHandedOver ? ['the source changed hands'] : []),
  ].join(' ');
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
