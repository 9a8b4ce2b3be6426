/**
 * The demo centre behind AMI, in a process of its own, whose clock runs faster than ours: argument, how many times. Its time
 * can be held, so that numbers stand still while it goes on answering, and its line can be cut.
 */
import { startDemoCentre } from '../../server/sources/simulator/demo.ts';

export type DemoOrder = 'hold' | 'go' | 'cut' | 'mend';
export type DemoReport = { readonly is: 'listening'; readonly url: string } | { readonly is: 'done' };

const tell = (report: DemoReport): void => void process.send?.(report);
const speed = Number(process.argv[2]);
const openedAtMs = Date.now();
let [realAtMs, toldAtMs, isHeld] = [openedAtMs, openedAtMs, false];
const now = (): number => toldAtMs + (isHeld ? 0 : (Date.now() - realAtMs) * speed);

const centre = await startDemoCentre({ now, seed: 'soak', secret: 'bench', openedAtMs });
process.on('disconnect', () => process.exit(0));
process.on('message', async (order: DemoOrder) => {
  if (order === 'cut') {
    await centre.server.refuse();
    centre.server.dropAll();
  } else if (order === 'mend') {
    await centre.server.accept();
  } else {
    [toldAtMs, realAtMs] = [now(), Date.now()];
    isHeld = order === 'hold';
  }
  tell({ is: 'done' });
});
tell({ is: 'listening', url: centre.url });
