/**
 * Channels for screens that do not see a whole site. Each is made when the first screen wants it and kept until none does;
 * all screens of one view share it, so that a commit is filtered and framed once per view.
 */
import type { Frame } from '../../shared/frame.ts';
import type { Channel } from '../../shared/view.ts';
import type { ChannelFrame, Mirror } from './mirror.ts';
import type { NamedView } from './named-view.ts';
import { type ScopedFrame, ScopedSite } from './scoped-site.ts';

interface Opened {
  readonly site: string;
  readonly channel: Channel;
  readonly name: string;
  readonly of: ScopedSite;
}

export class ScopedChannels {
  readonly #mirror: Pick<Mirror, 'view'>;
  /** By site, then by the name of the view. */
  readonly #sites = new Map<string, Map<string, ScopedSite>>();
  readonly #opened = new Map<number, Opened>();

  constructor(mirror: Pick<Mirror, 'view'>) {
    this.#mirror = mirror;
  }

  has(site: string): boolean {
    return this.#sites.has(site);
  }

  open(number: number, site: string, channel: Channel, { name, view }: NamedView): void {
    const views = this.#sites.get(site) ?? new Map<string, ScopedSite>();
    this.#sites.set(site, views);
    const of = views.get(name) ?? new ScopedSite(this.#mirror, site, view);
    views.set(name, of);
    of.open(channel, number);
    this.#opened.set(number, { site, channel, name, of });
  }

  close(number: number): void {
    const opened = this.#opened.get(number);
    if (!opened) return;
    const { site, channel, name, of } = opened;
    this.#opened.delete(number);
    of.close(channel);
    if (!of.isEmpty) return;
    const views = this.#sites.get(site);
    views?.delete(name);
    if (views?.size === 0) this.#sites.delete(site);
  }

  commit(site: string, frames: readonly ChannelFrame[]): ScopedFrame[] {
    const views = this.#sites.get(site);
    if (!views) return [];
    return [...views.values()].flatMap((view) => view.commit(frames));
  }

  reset(site: string, channel: Channel): ScopedFrame[] {
    return [...(this.#sites.get(site)?.values() ?? [])].flatMap((view) => view.reset(channel));
  }

  snapshot(number: number): Frame | null {
    const opened = this.#opened.get(number);
    return opened ? opened.of.snapshot(opened.channel) : null;
  }

  rev(number: number): number {
    const opened = this.#opened.get(number);
    return opened ? opened.of.rev(opened.channel) : 0;
  }
}
