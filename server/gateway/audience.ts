/**
 * Who watches what. A channel has a short number for the life of the process; screens that watch the same channels are one
 * group, so that what a commit changed is put together once for all of them.
 */
import type { Channel } from '../../shared/view.ts';
import type { Connection } from './fan-out.ts';

/** What is kept of a connected screen. */
export interface Screen {
  readonly connection: Connection;
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

export class Audience {
  readonly #channels: { readonly site: string; readonly channel: Channel }[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #groups = new Map<string, Group>();

  /** Numbers begin at 1. */
  numberOf(site: string, channel: Channel): number {
    const key = `${channel}|${site}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#channels.push({ site, channel });
    this.#numbers.set(key, number);
    return number;
  }

  channelOf(number: number): { readonly site: string; readonly channel: Channel } {
    const channel = this.#channels[number - 1];
    if (!channel) throw new RangeError(`no channel has the number ${number}`);
    return channel;
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

const keyOf = (numbers: readonly number[]): string => numbers.join(',');
