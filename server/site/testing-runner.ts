/** Runners for tests: a site of their own, connections that can be cut or held at any command, a mirror of the frames. */
import type { ChannelTables } from '../../shared/delta.ts';
import { applyFrame, type ChannelCopy, readHead } from '../../shared/frame.ts';
import { type Channel, channelNames } from '../../shared/view.ts';
import type { Redis } from '../redis/client.ts';
import { RESET_FRAME, siteKeys } from '../redis/keys.ts';
import { type FrameEntry, readView } from '../redis/stream.ts';
import { silentLog, type TestRedis } from '../redis/testing-redis.ts';
import { type SiteRunner, type SiteRunnerOptions, startSiteRunner } from './runner.ts';
import { openToyFold, toySettings } from './testing-fold.ts';

export interface TestRunner extends SiteRunner {
  /** Resolves each time it becomes the owner, or is no longer. */
  becomes(isOwner: boolean): Promise<void>;
}

export async function startToyRunner(
  store: TestRedis,
  site: string,
  options: Partial<SiteRunnerOptions> = {},
): Promise<TestRunner> {
  let waiting: { isOwner: boolean; resolve: () => void }[] = [];
  const runner = await startSiteRunner({
    site,
    settings: toySettings,
    connect: store.connect,
    now: () => 2_000_000,
    log: silentLog,
    tickMs: 0,
    fold: openToyFold(),
    ...options,
    onOwner(isOwner) {
      options.onOwner?.(isOwner);
      for (const { resolve } of waiting.filter((waiter) => waiter.isOwner === isOwner)) resolve();
      waiting = waiting.filter((waiter) => waiter.isOwner !== isOwner);
    },
  });
  return {
    committed: () => runner.committed(),
    drain: () => runner.drain(),
    stop: () => runner.stop(),
    async becomes(isOwner) {
      if (runner.committed().isOwner === isOwner) return;
      await new Promise<void>((resolve) => waiting.push({ isOwner, resolve }));
    },
  };
}

/** What the clock of Redis does to a lease that nobody renews. */
export const expireLease = (redis: Redis, site: string) => redis.del(siteKeys(site).lease);

/** What a gateway does with frames, and the complaints it would have. */
export class FrameMirror {
  readonly complaints: string[] = [];
  resets = 0;
  readonly #channels = new Map<Channel, ChannelCopy>();

  async apply(frames: readonly FrameEntry[], reread: (channel: Channel) => ReturnType<typeof readView>): Promise<void> {
    for (const { deltas } of frames) {
      for (const channel of channelNames) {
        const delta = deltas[channel];
        if (delta === undefined) continue;
        const known = this.#channels.get(channel);
        if (delta === RESET_FRAME) {
          this.resets++;
          const view = await reread(channel);
          if (!view) throw new Error(`no view of ${channel} after its reset`);
          this.#channels.set(channel, view.copy);
        } else if (!known) this.complaints.push(`${channel}: delta before any reset`);
        // Committed before the view was read: already in it.
        else if (readHead(delta).to > known.rev) {
          const { from } = readHead(delta);
          if (from === known.rev) applyFrame(known, delta);
          else this.complaints.push(`${channel}: ${from} after ${known.rev}`);
        }
      }
    }
  }

  /** Rows by table and index, and the revision; comparable with `viewOf`. */
  contents(channel: Channel) {
    const known = this.#channels.get(channel);
    return known && { rev: known.rev, rows: rowsByIndex(known.tables) };
  }
}

export async function viewOf(redis: Redis, site: string, channel: Channel) {
  const view = await readView(redis, site, channel);
  return view && { rev: view.copy.rev, rows: rowsByIndex(view.copy.tables) };
}

function rowsByIndex(tables: ChannelTables): Record<string, unknown> {
  const rows: Record<string, unknown> = {};
  for (const [name, table] of Object.entries(tables)) {
    for (const [id, row] of table.entries()) rows[`${name}:${table.indexOf(id)}`] = [id, ...row];
  }
  return rows;
}
