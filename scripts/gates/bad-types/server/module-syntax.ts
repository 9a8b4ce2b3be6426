// expect: TS1484
import { ServerOpts } from 'node:net';

export const isPaused = (options: ServerOpts) => options.pauseOnConnect;
