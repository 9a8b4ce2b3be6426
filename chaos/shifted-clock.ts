/**
 * Preloaded into a process under test (`--import`): on SIGUSR2 its wall clock jumps to where the file named by
 * CHAOS_CLOCK_FILE says, in milliseconds off the real one. Its monotonic clock and its timers go on, as on a real machine.
 */
import { readFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK_FILE ?? '';
const RealDate = Date;
const realNow = Date.now;
let shiftMs = 0;

const now = (): number => realNow() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
});

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(file, 'utf8'));
});
