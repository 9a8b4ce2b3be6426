/** The TVs that were paired: what they report, what is wanted of them, and who changes that. */
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import {
  type changeScreenBody,
  type FleetScreen,
  type Report,
  type ScreenOrder,
  screenSchema,
  type Wanted,
} from '../../shared/api-screens.ts';
import { covers, may, SCREEN_RIGHTS } from '../../shared/policy.ts';
import { IDENTIFY_WITHIN_MS, OFFLINE_AFTER_MS } from '../../shared/screen.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import { tellNews } from '../redis/news.ts';
import { forgetScreen, keepScreenParts, readScreenParts, type ScreenParts } from '../redis/screens.ts';
import { soon } from '../redis/soon.ts';
import type { Asker } from './administration.ts';
import { recordAct } from './audit.ts';
import { screenCookieFor } from './cookie.ts';
import type { Own } from './own-session.ts';
import { entryOf, requireDatabase, type ScreensOptions, shownOf } from './screen-entry.ts';
import {
  findScreen,
  listScreens,
  lockScreen,
  markScreenRevoked,
  offerSecret,
  type StoredScreen,
  screensOfBoard,
  updateScreen,
} from './screens.ts';
import { hashOfSecret } from './tokens.ts';

const ROTATE_EVERY_MS = 7 * 86_400_000;
/** One that was offered and not used was lost, but only after so long: it must not be replaced while it is on its way. */
const OFFER_AGAIN_MS = 3_600_000;

const ACT_OF: Readonly<Record<ScreenOrder, string>> = {
  identify: 'screen.identified',
  reload: 'screen.reloaded',
  blank: 'screen.blanked',
  unblank: 'screen.unblanked',
};

const reportedSchema = screenSchema.shape.report;
const orderSchema = screenSchema.shape.identify;
type Order = z.infer<typeof orderSchema>;

export interface Reported {
  /** All but what the board of the TV says, which is another feature's. */
  readonly answer: Omit<Wanted, 'boardNumber'>;
  /** A Set-Cookie header. */
  readonly cookie: string | null;
}

export class ScreenFleet {
  readonly #options: ScreensOptions;

  constructor(options: ScreensOptions) {
    this.#options = options;
  }

  async list({ subject }: Asker): Promise<FleetScreen[]> {
    const all = await listScreens(requireDatabase(this.#options.database));
    return this.#withParts(all.filter((screen) => covers(subject, powersOf(screen))));
  }

  async change(asker: Asker, id: string, body: z.output<typeof changeScreenBody>): Promise<FleetScreen> {
    const { version, name, site, queues, teams, board, options } = body;
    const assignment = { name, site, view: { queues, teams }, board, options };
    const { before, after } = await this.#act(async (sql) => {
      const found = await this.#covered(sql, asker, id);
      if (found.version !== version) throw new AppError('access.conflict');
      if (!covers(asker.subject, powersOf(assignment))) throw new AppError('access.tooMuch');
      if (!may(asker.subject, 'screen.manage', { site })) throw new AppError('access.tooMuch');
      const changed = await updateScreen(sql, id, { ...assignment, isBlank: found.isBlank });
      await recordAct(sql, {
        ...entryOf(asker, 'screen.changed', found),
        before: shownOf(found),
        after: shownOf(changed),
      });
      return { before: found, after: changed };
    });
    // What it sees is decided when its sockets come in.
    const seesOther = JSON.stringify(powersOf(before)) !== JSON.stringify(powersOf(after));
    await this.#tell(after, seesOther ? 'screen' : 'wish');
    return this.one(after);
  }

  async order(asker: Asker, id: string, order: ScreenOrder): Promise<FleetScreen> {
    const { redis, now } = this.#options;
    const screen = await this.#act(async (sql) => {
      const found = await this.#covered(sql, asker, id);
      await recordAct(sql, entryOf(asker, ACT_OF[order], found));
      if (order === 'identify' || order === 'reload') return found;
      return updateScreen(sql, id, { ...found, isBlank: order === 'blank' });
    });
    if (order === 'identify' || order === 'reload') {
      const given = JSON.stringify({ at: now(), doneAt: null } satisfies Order);
      await soon(redis, (one) => keepScreenParts(one, id, { [order]: given }));
    }
    await this.#tell(screen, 'wish');
    return this.one(screen);
  }

  async revoke(asker: Asker, id: string): Promise<void> {
    const { redis, now } = this.#options;
    await this.#act(async (sql) => {
      const found = await this.#covered(sql, asker, id);
      await markScreenRevoked(sql, id, now());
      await recordAct(sql, { ...entryOf(asker, 'screen.revoked', found), before: shownOf(found) });
    });
    // Every process finds out by itself within half a minute; this only makes it at once.
    await orAway(async () => {
      await soon(redis, (one) => forgetScreen(one, id));
      await soon(redis, (one) => tellNews(one, { kind: 'screen', id }));
    });
  }

  /** `build`: of the screens that the server has now. */
  async report(own: Own, report: Report, build: string): Promise<Reported> {
    const { redis, now, known } = this.#options;
    const screen = await known.find(own.request);
    // The door let a TV in; it may have been revoked since.
    if (!screen) throw new AppError('auth.needed');
    const { paintAgeMs, upMs, identified, ...rest } = report;
    const startedAt = now() - upMs;
    const kept = { at: now(), from: own.from, ...rest, lastPaintAt: now() - paintAgeMs, startedAt };
    const [parts] = await soon(redis, (one) => readScreenParts(one, [screen.id]));
    const { identify, reload } = partsOf(parts);
    const shown = done(identify, identify?.at === identified, now());
    const loaded = done(reload, reload !== null && startedAt > reload.at, now());
    await soon(redis, (one) =>
      keepScreenParts(one, screen.id, {
        report: JSON.stringify(kept),
        ...(shown !== identify && { identify: JSON.stringify(shown) }),
        ...(loaded !== reload && { reload: JSON.stringify(loaded) }),
      }),
    );
    const isToShow = shown !== null && shown.doneAt === null && now() - shown.at < IDENTIFY_WITHIN_MS;
    const { id, number, version, name, site, board, options, isBlank } = screen;
    return {
      answer: {
        ...{ id, number, version, name, site, board, options, isBlank, build },
        identify: isToShow ? shown.at : null,
        reload: loaded !== null && loaded.doneAt === null,
      },
      cookie: await this.#rotated(own, screen),
    };
  }

  /** Its TVs are to ask what is wanted. */
  async tellBoard(board: string): Promise<void> {
    for (const id of await screensOfBoard(requireDatabase(this.#options.database), board))
      await this.#tell({ id }, 'wish');
  }

  async boardOf(id: string): Promise<string | null> {
    return (await findScreen(requireDatabase(this.#options.database), id))?.board ?? null;
  }

  async one(screen: StoredScreen): Promise<FleetScreen> {
    const [shown] = await this.#withParts([screen]);
    return shown as FleetScreen;
  }

  async #withParts(screens: readonly StoredScreen[]): Promise<FleetScreen[]> {
    const { redis, now } = this.#options;
    const parts = await soon(redis, (one) =>
      readScreenParts(
        one,
        screens.map(({ id }) => id),
      ),
    );
    return screens.map((screen, i) => {
      const { id, number, version, name, site, view, board, options, isBlank, pairedAt, pairedBy } = screen;
      const { report, identify, reload } = partsOf(parts[i]);
      const isOnline = report !== null && now() - report.at < OFFLINE_AFTER_MS;
      return {
        ...{ id, number, version, name, site, ...view, board, options, isBlank, pairedAt, pairedBy },
        ...{ state: report === null ? 'waiting' : isOnline ? 'online' : 'offline', report, identify, reload },
      };
    });
  }

  /** A TV is given a newer token now and then: one that was copied off it is worth little for long. */
  async #rotated(own: Own, screen: StoredScreen): Promise<string | null> {
    const { database, now, known } = this.#options;
    const { id, secretAt, nextAt } = screen;
    if (!database?.isUp || now() - (secretAt ?? 0) < ROTATE_EVERY_MS) return null;
    if (nextAt !== null && now() - nextAt < OFFER_AGAIN_MS) return null;
    const secret = randomBytes(32).toString('base64url');
    const offered = await offerSecret(database, screen, hashOfSecret(secret), now());
    if (!offered) return null;
    await known.keep(offered);
    return screenCookieFor(own.request, { id, secret });
  }

  /** A TV that the asker may not manage is unknown to the asker. */
  async #covered(sql: Sql, { subject }: Asker, id: string): Promise<StoredScreen> {
    const screen = await lockScreen(sql, id);
    if (!screen || !covers(subject, powersOf(screen))) throw new AppError('screen.unknown');
    return screen;
  }

  #act<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return requireDatabase(this.#options.database).transaction(work);
  }

  async #tell({ id }: Pick<StoredScreen, 'id'>, kind: 'screen' | 'wish'): Promise<void> {
    await orAway(() => soon(this.#options.redis, (redis) => tellNews(redis, { kind, id })));
  }
}

/** It is done already, and found out without being told. */
async function orAway(tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'redis.unreachable')) throw error;
  }
}

const powersOf = ({ site, view }: Pick<StoredScreen, 'site' | 'view'>) => ({
  rights: SCREEN_RIGHTS,
  scope: { sites: [site], ...view },
});

/** What an older version wrote and this one cannot read is not there. */
function partsOf(parts: ScreenParts | undefined) {
  const read = <T>(schema: z.ZodType<T | null>, text: string | null | undefined): T | null =>
    text ? (schema.safeParse(JSON.parse(text)).data ?? null) : null;
  return {
    report: read(reportedSchema, parts?.report),
    identify: read(orderSchema, parts?.identify),
    reload: read(orderSchema, parts?.reload),
  };
}

const done = (order: Order, isDone: boolean, now: number): Order =>
  order !== null && order.doneAt === null && isDone ? { ...order, doneAt: now } : order;
