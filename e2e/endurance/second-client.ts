/**
 * The second client: it follows the site over a socket of its own and asks over HTTP, and computes from that what a wall must
 * say. It shares the wire format with the screens and nothing else: no store, no clock, no judgement of freshness.
 */
import { io } from 'socket.io-client';
import { API } from '../../shared/api.ts';
import { applyFrame, type ChannelCopy, emptyCopy, readHead } from '../../shared/frame.ts';
import { readMessage } from '../../shared/live-message.ts';
import { liveParser } from '../../shared/live-parser.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { type Channel, type Column, column, SITE_ROW, type Table } from '../../shared/view.ts';
import { NOTHING } from '../screens.ts';
import { Truth } from './truth.ts';

const SITE = 'main';
const CHANNELS = ['board', 'counts'] as const satisfies readonly Channel[];

type Figures = Record<string, string>;

export interface SecondClient {
  readonly truth: Truth;
  stop(): void;
}

/** `url`: past whatever is done to the network of the wall. */
export function startSecondClient(url: string): SecondClient {
  const truth = new Truth();
  const copies = new Map<Channel, ChannelCopy>();
  const named = new Map<number, Channel>();
  const socket = io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    parser: liveParser,
    reconnectionDelay: 100,
    reconnectionDelayMax: 200,
    forceNew: true,
    auth: { version: PROTOCOL_VERSION, subscribe: CHANNELS.map((channel) => ({ site: SITE, channel })) },
  });
  const resync = (channel: Channel): void => void socket.emit('subscribe', { site: SITE, channel }, () => {});
  socket.on('connect', () => named.clear());
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect') socket.connect();
  });
  socket.on('refused', ({ channel }: { channel: Channel }) => setTimeout(resync, 200, channel));
  socket.on('bytes', (bytes: ArrayBuffer) => {
    const message = readMessage(new Uint8Array(bytes));
    const at = Date.now();
    if (message.is === 'name') named.set(message.number, message.channel);
    if (message.is === 'frame') {
      const channel = named.get(message.number);
      if (channel === undefined) return;
      const copy = copies.get(channel) ?? emptyCopy(channel);
      const { from } = readHead(message.frame);
      if (from !== null && from !== copy.rev) {
        resync(channel);
        return;
      }
      applyFrame(copy, message.frame);
      copies.set(channel, copy);
      truth.record(at, figuresOf(copies));
    }
    // The clock of this machine is the server's.
    truth.prove(Math.min(at, provenAt(copies) ?? at));
  });
  return { truth, stop: () => void socket.disconnect() };
}

/** The oldest of the newest proofs of life. */
function provenAt(copies: ReadonlyMap<Channel, ChannelCopy>): number | null {
  const aliveAt = column('sources', 'aliveAt');
  const proofs = [...(copies.get('board')?.tables.sources?.entries() ?? [])].map(([, row]) =>
    Number(row[aliveAt] ?? 0),
  );
  return proofs.length === 0 ? null : Math.min(...proofs);
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? NOTHING : `${((100 * part) / whole).toFixed(1)}%`;

function figuresOf(copies: ReadonlyMap<Channel, ChannelCopy>): Figures {
  const { site, queues } = copies.get('board')?.tables ?? {};
  const { today } = copies.get('counts')?.tables ?? {};
  const figures: Figures = {};
  const [siteRow] = [...(site?.entries() ?? [])].map(([, row]) => row);
  if (siteRow) {
    for (const name of ['waiting', 'free', 'onBreak', 'internalCalls'] as const)
      figures[name] = String(siteRow[column('site', name)]);
  }
  const count = (queue: string, name: Column<'today'>): number =>
    Number(today?.get(queue)?.[column('today' satisfies Table, name)] ?? 0);
  if (today) figures.answerRate = percent(count(SITE_ROW, 'answered'), count(SITE_ROW, 'offered'));
  for (const [id, row] of queues?.entries() ?? []) {
    const name = row[column('queues', 'name')];
    for (const live of ['waiting', 'free'] as const) figures[`${name}.${live}`] = String(row[column('queues', live)]);
    if (!today) continue;
    for (const counter of ['answered', 'offered'] as const) figures[`${name}.${counter}`] = String(count(id, counter));
  }
  return figures;
}

export interface Answer {
  readonly figures: Figures;
  readonly businessDate: string | null;
}

/** The same by the API, with the service level of the last half hour. */
export async function askForFigures(url: string): Promise<Answer> {
  const ask = async (path: string): Promise<unknown> => (await fetch(`${url}/api/v1/sites${path}`)).json();
  const [site] = API.sites.response.parse(await ask('')).sites;
  const { queues } = API.queues.response.parse(await ask(`/${SITE}/queues`));
  if (!site) throw new Error('the API knows no site');
  const level = site.windows.last30.serviceLevelRatio;
  const figures: Figures = {
    waiting: String(site.live.waiting),
    serviceLevel: level === null ? NOTHING : `${Math.round(100 * level)}%`,
    free: String(site.live.free),
    onBreak: String(site.live.onBreak),
    internalCalls: String(site.live.internalCalls),
    answerRate: percent(site.today.answered, site.today.offered),
  };
  for (const { name, live, today } of queues) {
    Object.assign(figures, {
      [`${name}.waiting`]: String(live.waiting),
      [`${name}.free`]: String(live.free),
      [`${name}.answered`]: String(today.answered),
      [`${name}.offered`]: String(today.offered),
    });
  }
  return { figures, businessDate: site.businessDay?.date ?? null };
}
