/** Number of the stored format: what another version has written is neither read nor harmed. */
const FORMAT = 2;

/**
 * The only place that spells a Redis key. All keys of a site share one hash slot through the `{site}` tag; `fc:sites` is a
 * key on its own.
 *
 * - `fc:sites` hash: the sites that processes with sources have registered, site → JSON of a RegisteredSite.
 * - `events` stream: one entry per append, field `b` = JSON of an EventBatch.
 * - `appended:<producer>` string: number of the producer's newest append; gone a day after it.
 * - `lease` string: the token of the process that owns the site, `SET … PX`.
 * - `epoch` counter: raised at every take-over.
 * - `source-lease`, `source-epoch`, `source` (field `owner`): the same for the process that feeds the site; `source.owner`
 *   is checked by each of its appends.
 * - `break-lease`, `break-epoch`, `break` (field `owner`): the same for the process that keeps the site's break desk; its
 *   writes are guarded in PostgreSQL.
 * - `probe` string: written by readiness to see whether Redis takes writes; gone after some seconds.
 * - `meta` hash: `owner` (`<epoch>:<token>` of the newest take-over, checked by each commit), `commit` (its sequence
 *   number), `cursor` (last folded entry id), `at` (site clock), `rev:<channel>`, `at:<channel>` (site clock of the
 *   commit that made the revision).
 * - `state` hash: one field per entity, `<kind>:<id>` → JSON. The fold's whole memory.
 * - `view:<channel>` hash: `<table>:<row index>` → JSON `[id, ...cells]`. What a snapshot is made of.
 * - `database` string: id of the PostgreSQL that is at work for the site, `SET … PX`.
 * - `settings` string: id of the newest change of settings that is in `events`; written together with its event.
 * - `facts` stream: what is over, for history; one entry per commit that has any, field `f` = JSON array of facts.
 * - `commands` stream: what was asked of the PBX, field `c` = id of the command; trimmed to the last minutes.
 * - `command:<id>` hash: one command and what became of it (server/redis/commands.ts); gone a day after it was asked.
 * - `acting` string: JSON of what the PBX lets us do, kept up by the process that feeds the site; gone when it is.
 * - `frames` stream: one entry per commit, field = channel name, value = its frame (shared/frame.ts) in base64, or
 *   `reset` for a channel whose view was rewritten.
 */
import type { Channel } from '../../shared/view.ts';

export interface LeaseKeys {
  readonly lease: string;
  readonly epoch: string;
  /** Hash whose field `owner` is the fence. */
  readonly fence: string;
}

export interface SiteKeys {
  readonly events: string;
  readonly lease: string;
  readonly epoch: string;
  /** Of the process that folds and commits. */
  readonly siteLease: LeaseKeys;
  /** Of the process that holds the connections to the PBX and appends. */
  readonly sourceLease: LeaseKeys;
  /** Of the process that grants breaks by itself. */
  readonly breakLease: LeaseKeys;
  readonly meta: string;
  readonly state: string;
  readonly frames: string;
  readonly facts: string;
  readonly probe: string;
  readonly settings: string;
  readonly database: string;
  readonly commands: string;
  readonly acting: string;
  command(id: string): string;
  appended(producer: string): string;
  view(channel: Channel): string;
}

export function siteKeys(site: string): SiteKeys {
  const prefix = `fc${FORMAT}:{${site}}`;
  const [lease, epoch, meta] = [`${prefix}:lease`, `${prefix}:epoch`, `${prefix}:meta`];
  return {
    events: `${prefix}:events`,
    lease,
    epoch,
    meta,
    siteLease: { lease, epoch, fence: meta },
    sourceLease: { lease: `${prefix}:source-lease`, epoch: `${prefix}:source-epoch`, fence: `${prefix}:source` },
    breakLease: { lease: `${prefix}:break-lease`, epoch: `${prefix}:break-epoch`, fence: `${prefix}:break` },
    state: `${prefix}:state`,
    frames: `${prefix}:frames`,
    facts: `${prefix}:facts`,
    probe: `${prefix}:probe`,
    settings: `${prefix}:settings`,
    database: `${prefix}:database`,
    commands: `${prefix}:commands`,
    acting: `${prefix}:acting`,
    command: (id) => `${prefix}:command:${id}`,
    appended: (producer) => `${prefix}:appended:${producer}`,
    view: (channel) => `${prefix}:view:${channel}`,
  };
}

export const SITES_KEY = 'fc:sites';

const people = `fc${FORMAT}-access:{people}`;

/**
 * Who is signed in; one slot of its own.
 *
 * - `session` hash by the hash of its id: `person` (id), `facts` (JSON of what the session says of the person), `endsAt`.
 *   It lives as long as it may be idle.
 * - `sessionsOf` sorted set: the sessions of a person by when they began.
 * - `secret` string: a secret for an authenticator app that its person has not confirmed yet.
 * - `signOn` string: a sign-in that went to the identity provider, by the hash of the id in its browser's cookie.
 * - `attempts` hash: `count` and `until` (no attempt before) of what is being guessed at.
 * - `news` stream: what has ended or changed, `kind` and `id`, for whoever serves it.
 * - `pairing` hash by the code that a TV shows: `secret` (its hash), `facts` (JSON), `screen` once somebody has paired it;
 *   `pairingOf` string by that hash: the code. Both live ten minutes; `pairings` sorted set: codes by when they end.
 * - `screen` hash by the id of a TV: `row` (JSON of what PostgreSQL said last), `report`, `identify`, `reload` (JSON).
 * - `setUp` string: there is an administrator. `setUpCode` string: opens the set-up from another machine.
 */
export const ACCESS_KEYS = {
  sessions: `${people}:session:`,
  session: (hash: string): string => `${people}:session:${hash}`,
  sessionsOf: (person: string): string => `${people}:sessions-of:${person}`,
  secret: (person: string): string => `${people}:secret:${person}`,
  signOn: (hash: string): string => `${people}:sign-on:${hash}`,
  attempts: (at: string): string => `${people}:attempts:${at}`,
  pairing: (code: string): string => `${people}:pairing:${code}`,
  pairingOf: (secretHash: string): string => `${people}:pairing-of:${secretHash}`,
  pairings: `${people}:pairings`,
  screen: (id: string): string => `${people}:screen:${id}`,
  news: `${people}:news`,
  setUp: `${people}:set-up`,
  setUpCode: `${people}:set-up-code`,
} as const;

/** Field of `meta` that holds a channel's revision. */
export const revField = (channel: Channel): string => `rev:${channel}`;

/** Field of `meta` that holds the site clock of the commit that made a channel's revision. */
export const atField = (channel: Channel): string => `at:${channel}`;

/** Value of a frame's field where a delta would be, when the view was rewritten: whoever follows it reads the view anew. */
export const RESET_FRAME = 'reset';
