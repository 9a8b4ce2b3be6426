/**
 * Who watches what. A channel, or what a view shows of it, has a short number that never means another; screens that watch
 * the same are one group, so that what a commit changed is put together once for all of them.
 */
import type { Subject } from '../../shared/policy.ts';
import type { Channel } from '../../shared/view.ts';
import type { Connection } from './fan-out.ts';
import type { NamedView } from './named-view.ts';

/** What is kept of a connected screen. */
export interface Screen {
  readonly connection: Connection;
  readonly subject: Subject;
  readonly credential: string;
  /** Numbers of the channels it asked for. */
  wanted: readonly number[];
  /** Null until it was greeted and while it is skipped. */
  group: Group | null;
  isSkipped: boolean;
  /** Messages it sent in the window that ends then (server clock). */
  messages: number;
  windowEndsAt: number;
}

export interface Group {
  /** Numbers of the channels whose snapshots its screens have, ascending. */
  readonly numbers: readonly number[];
  readonly screens: Set<Screen>;
  isTipDue: boolean;
}

/** What a number stands for. */
export interface Watched {
  readonly site: string;
  readonly channel: Channel;
  /** Null: all of the channel. */
  readonly view: NamedView | null;
}

export class Audience {
  readonly #watched = new Map<number, Watched>();
  readonly #numbers = new Map<string, number>();
  readonly #groups = new Map<string, Group>();
  #newest = 0;

  /** Undefined: nobody has asked for it. */
  find(watched: Watched): number | undefined {
    return this.#numbers.get(nameOf(watched));
  }

  /** Numbers begin at 1. */
  numberOf(watched: Watched): number {
    const known = this.find(watched);
    if (known !== undefined) return known;
    const number = ++this.#newest;
    this.#watched.set(number, watched);
    this.#numbers.set(nameOf(watched), number);
    return number;
  }

  watchedAs(number: number): Watched {
    const watched = this.#watched.get(number);
    if (!watched) throw new RangeError(`no channel has the number ${number}`);
    return watched;
  }

  /** Nobody wants it any more. */
  retire(number: number): void {
    this.#numbers.delete(nameOf(this.watchedAs(number)));
    this.#watched.delete(number);
  }

  groups(): Iterable<Group> {
    return this.#groups.values();
  }

  /** The screen has the snapshots of these channels too from now on. */
  join(screen: Screen, numbers: readonly number[]): void {
    this.#move(screen, [...new Set([...(screen.group?.numbers ?? []), ...numbers])]);
  }

  part(screen: Screen, number: number): void {
    if (screen.group)
      this.#move(
        screen,
        screen.group.numbers.filter((one) => one !== number),
      );
  }

  /** The screen gets nothing until it joins again. */
  leave(screen: Screen): void {
    const { group } = screen;
    screen.group = null;
    group?.screens.delete(screen);
    if (group?.screens.size === 0) this.#groups.delete(keyOf(group.numbers));
  }

  #move(screen: Screen, numbers: readonly number[]): void {
    this.leave(screen);
    const sorted = [...numbers].sort((a, b) => a - b);
    const key = keyOf(sorted);
    const group = this.#groups.get(key) ?? { numbers: sorted, screens: new Set(), isTipDue: false };
    this.#groups.set(key, group);
    group.screens.add(screen);
    screen.group = group;
  }
}

/** A view's name ends where its brackets do, so no two of these are alike. */
const nameOf = ({ site, channel, view }: Watched): string => `${channel}|${view?.name ?? ''}|${site}`;

const keyOf = (numbers: readonly number[]): string => numbers.join(',');
