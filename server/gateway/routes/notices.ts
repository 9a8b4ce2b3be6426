/** Notices over HTTP. What it needs of the feature `notices` is `NoticesPort`. */
import { API } from '../../../shared/api.ts';
import type { CreateNotice, Notice, NoticesAnswer } from '../../../shared/api-notices.ts';
import { AppError } from '../../errors.ts';
import type { Entered } from '../door.ts';
import { type Asked, type Route, type RouteOptions, route } from '../route.ts';

export interface NoticesPort {
  list(asker: Entered, site: string): Promise<NoticesAnswer>;
  create(asker: Entered, site: string, body: CreateNotice): Promise<Notice>;
  takeBack(asker: Entered, site: string, notice: string): Promise<void>;
  /** Other notices hold for a site than before. Returns how to stop. */
  onChange(listener: (site: string) => void): () => void;
}

interface NoticeRouteOptions extends RouteOptions {
  hasSite(site: string): boolean;
}

const askerOf = ({ subject, from }: Asked<unknown, unknown>): Entered => ({ subject, from });

export function noticeRoutes(notices: NoticesPort, options: NoticeRouteOptions): Route[] {
  const requireSite = (site: string): void => {
    if (!options.hasSite(site)) throw new AppError('site.unknown');
  };
  return [
    route(API.notices, options, ({ site }, asked) => {
      requireSite(site);
      return notices.list(askerOf(asked), site);
    }),
    route(API.createNotice, options, ({ site }, asked) => {
      requireSite(site);
      return notices.create(askerOf(asked), site, asked.body);
    }),
    route(API.takeBackNotice, options, async ({ site, notice }, asked) => {
      requireSite(site);
      await notices.takeBack(askerOf(asked), site, notice);
      return {};
    }),
  ];
}
