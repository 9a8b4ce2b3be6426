/** The demo centre behind AMI, in a process of its own, whose clock runs faster than ours: argument, how many times. */
import { startDemoCentre } from '../../server/sources/simulator/demo.ts';

export type DemoReport = { readonly is: 'listening'; readonly url: string };

const speed = Number(process.argv[2]);
const startAtMs = Date.now();
const centre = await startDemoCentre({
  now: () => startAtMs + (Date.now() - startAtMs) * speed,
  seed: 'soak',
  secret: 'bench',
  openedAtMs: startAtMs,
});
process.on('disconnect', () => process.exit(0));
process.send?.({ is: 'listening', url: centre.url } satisfies DemoReport);
