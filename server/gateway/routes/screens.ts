/** TVs over HTTP: pairing, reports, the fleet. What it needs of the feature `auth` is `ScreensPort`. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { API } from '../../../shared/api.ts';
import type {
  changeScreenBody,
  claimedPairingSchema,
  claimPairingBody,
  FleetScreen,
  Pairing,
  pairScreenBody,
  Report,
  ScreenOrder,
  StartedPairing,
  startPairingBody,
  Wanted,
} from '../../../shared/api-screens.ts';
import { seesSite } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import type { Entered } from '../door.ts';
import { type Asked, Reply, type Route, type RouteOptions, route } from '../route.ts';

/** The request carries the token. */
interface Own {
  readonly request: IncomingMessage;
  readonly from: string;
}

/** `cookie` is the value of a Set-Cookie header. */
interface Given<A> {
  readonly answer: A;
  readonly cookie: string | null;
}

export interface ScreensPort {
  startPairing(own: Own, body: z.output<typeof startPairingBody>): Promise<StartedPairing>;
  claimPairing(own: Own, body: z.output<typeof claimPairingBody>): Promise<Given<z.infer<typeof claimedPairingSchema>>>;
  pairing(asker: Entered, code: string): Promise<Pairing>;
  pair(asker: Entered, body: z.output<typeof pairScreenBody>): Promise<FleetScreen>;
  list(asker: Entered): Promise<FleetScreen[]>;
  change(asker: Entered, screen: string, body: z.output<typeof changeScreenBody>): Promise<FleetScreen>;
  order(asker: Entered, screen: string, order: ScreenOrder): Promise<FleetScreen>;
  revoke(asker: Entered, screen: string): Promise<void>;
  report(own: Own, report: Report, build: string): Promise<Given<Wanted>>;
  /** Calls back when something else is wanted of the TV with this credential. Returns how to stop. */
  onWish(listener: (credential: string) => void): () => void;
}

export interface ScreenRouteOptions extends RouteOptions {
  hasSite(site: string): boolean;
  /** Whether the asker may put the board on a TV of the site. */
  hasBoard(asker: Entered, site: string, board: string): Promise<boolean>;
  /** Of the screens that this server serves now. */
  build(): Promise<string>;
  readonly now: () => number;
}

const askerOf = ({ subject, from }: Asked<unknown, unknown>): Entered => ({ subject, from });

const given = <A>({ answer, cookie }: Given<A>): Reply<A> =>
  new Reply(200, answer, cookie === null ? {} : { 'Set-Cookie': cookie });

export function screenRoutes(screens: ScreensPort, options: ScreenRouteOptions): Route[] {
  const { hasSite, hasBoard, build, now } = options;
  const requireSite = ({ subject }: Entered, site: string): void => {
    if (!hasSite(site) || !seesSite(subject, site)) throw new AppError('site.unknown');
  };
  const requireBoard = async (asker: Entered, site: string, board: string): Promise<void> => {
    if (board !== 'standard' && !(await hasBoard(asker, site, board))) throw new AppError('board.unknown');
  };
  return [
    route(API.startPairing, options, (_, own) => screens.startPairing(own, own.body)),
    route(API.claimPairing, options, async (_, own) => given(await screens.claimPairing(own, own.body))),
    route(API.pairing, options, ({ code }, asked) => screens.pairing(askerOf(asked), code)),
    route(API.screens, options, async (_, asked) => ({
      screens: await screens.list(askerOf(asked)),
      asOf: now(),
      build: await build(),
    })),
    route(API.pairScreen, options, async (_, asked) => {
      requireSite(asked, asked.body.site);
      await requireBoard(askerOf(asked), asked.body.site, asked.body.board);
      return screens.pair(askerOf(asked), asked.body);
    }),
    route(API.changeScreen, options, async ({ screen }, asked) => {
      requireSite(asked, asked.body.site);
      await requireBoard(askerOf(asked), asked.body.site, asked.body.board);
      return screens.change(askerOf(asked), screen, asked.body);
    }),
    route(API.orderScreen, options, ({ screen }, asked) => screens.order(askerOf(asked), screen, asked.body.order)),
    route(API.revokeScreen, options, async ({ screen }, asked) => {
      await screens.revoke(askerOf(asked), screen);
      return {};
    }),
    route(API.reportScreen, options, async (_, own) => given(await screens.report(own, own.body, await build()))),
  ];
}
