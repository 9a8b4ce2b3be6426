/** A screen: the client's own live core on a real socket, without a browser around it. */
import { io } from 'socket.io-client';
import { type FreshnessLevel, freshnessOf } from '../client/src/live/freshness.ts';
import { LiveConnection } from '../client/src/live/live-connection.ts';
import type { LiveSocket } from '../client/src/live/live-socket.ts';
import { sourceProof } from '../client/src/live/rows.ts';
import { liveParser } from '../shared/live-parser.ts';
import { SOCKET_PATH } from '../shared/protocol.ts';
import type { Channel } from '../shared/view.ts';
import { EVERY_CHANNEL, markOf, type Rows, rowsOf } from './tables.ts';

export const SITE = 'main';
const ASK_AGAIN_MS = 1_000;

export class LiveScreen {
  readonly name: string;
  readonly #connection: LiveConnection;
  readonly #asking: NodeJS.Timeout;

  constructor(name: string, url: string) {
    this.name = name;
    const socket = io(url, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      parser: liveParser,
      reconnectionDelay: 250,
      reconnectionDelayMax: 1_000,
      autoConnect: false,
      forceNew: true,
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') setTimeout(() => socket.connect(), ASK_AGAIN_MS);
    });
    this.#connection = new LiveConnection({ socket: socket as unknown as LiveSocket, nextFrame: (run) => run() });
    for (const channel of EVERY_CHANNEL) this.#connection.open(SITE, channel);
    this.#connection.start();
    // A gateway that has just started does not know its sites yet: a page would ask for the list of sites again.
    this.#asking = setInterval(() => {
      if (this.#connection.stateOf(SITE) !== 'refused') return;
      for (const channel of EVERY_CHANNEL) this.#store(channel).resync();
    }, ASK_AGAIN_MS);
  }

  level(): FreshnessLevel {
    const board = this.#store('board');
    return freshnessOf({
      serverNow: this.#connection.serverClock.now(),
      lastTipAt: this.#connection.lastTipAt,
      socket: this.#connection.stateOf(SITE),
      hasSnapshot: board.rev !== null,
      outOfStepMs: board.outOfStepMs,
      sources: [...(board.tables.sources?.entries() ?? [])].map(([id, row]) => sourceProof(id, row)),
    }).level;
  }

  rev(channel: Channel): number | null {
    const store = this.#store(channel);
    return store.outOfStepMs > 0 ? null : store.rev;
  }

  rows(channel: Channel): Rows {
    return rowsOf(channel, this.#store(channel).tables);
  }

  mark(): string | null {
    return markOf(this.rows('agents'));
  }

  close(): void {
    clearInterval(this.#asking);
    this.#connection.stop();
  }

  #store(channel: Channel) {
    return this.#connection.open(SITE, channel);
  }
}
