/** Number of the stored format: what another version has written is neither read nor harmed. */
const FORMAT = 2;

/**
 * The only place that spells a Redis key. All keys of a site share one hash slot through the `{site}` tag.
 *
 * - `events` stream: one entry per append, field `b` = JSON of an EventBatch.
 * - `appended:<producer>` string: number of the producer's newest append; gone a day after it.
 * - `lease` string: the token of the process that owns the site, `SET … PX`.
 * - `epoch` counter: raised at every take-over.
 * - `meta` hash: `owner` (`<epoch>:<token>` of the newest take-over, checked by each commit), `commit` (its sequence
 *   number), `cursor` (last folded entry id), `at` (site clock), `rev:<channel>`.
 * - `state` hash: one field per entity, `<kind>:<id>` → JSON. The fold's whole memory.
 * - `view:<channel>` hash: `<table>:<row index>` → JSON `[id, ...cells]`. What a snapshot is made of.
 * - `facts` stream: what is over, for history; one entry per commit that has any, field `f` = JSON array of facts.
 * - `frames` stream: one entry per commit, field = channel name, value = JSON of its ChannelDelta, or `reset` for a
 *   channel whose view was rewritten.
 */
import type { Channel } from '../../shared/view.ts';

export interface SiteKeys {
  readonly events: string;
  readonly lease: string;
  readonly epoch: string;
  readonly meta: string;
  readonly state: string;
  readonly frames: string;
  readonly facts: string;
  appended(producer: string): string;
  view(channel: Channel): string;
}

export function siteKeys(site: string): SiteKeys {
  const prefix = `fc${FORMAT}:{${site}}`;
  return {
    events: `${prefix}:events`,
    lease: `${prefix}:lease`,
    epoch: `${prefix}:epoch`,
    meta: `${prefix}:meta`,
    state: `${prefix}:state`,
    frames: `${prefix}:frames`,
    facts: `${prefix}:facts`,
    appended: (producer) => `${prefix}:appended:${producer}`,
    view: (channel) => `${prefix}:view:${channel}`,
  };
}

/** Field of `meta` that holds a channel's revision. */
export const revField = (channel: Channel): string => `rev:${channel}`;

/** Value of a frame's field where a delta would be, when the view was rewritten: whoever follows it reads the view anew. */
export const RESET_FRAME = 'reset';
