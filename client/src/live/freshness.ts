/**
 * May this screen's numbers be believed? Pure. The connection is judged first: without tips nothing is known about the
 * sources, so they are judged as of the last tip and the blame stays where it belongs.
 */
import { STALE_AFTER_MS, TIP_EVERY_MS } from '../../../shared/protocol.ts';
import { proofAgeMs, vitalSources } from '../../../shared/source.ts';

/** A healthy link tips every two seconds and proves its sources about every three: one lost on the way is no news. */
export const AGEING_AFTER_MS = 6_000;

export type FreshnessLevel = 'starting' | 'fresh' | 'ageing' | 'stale';
/** Who is to blame: the PBX's connection, the server, or the way between this screen and the server. */
export type FreshnessCause = 'source' | 'server' | 'network';
export type SocketState = 'connecting' | 'connected' | 'disconnected' | 'refused';

export interface SourceProof {
  readonly id: string;
  readonly state: string;
  /** Server wall clock. */
  readonly aliveAt: number | null;
  readonly lostAt: number | null;
  readonly cause: string | null;
}

export interface SourceFreshness {
  readonly id: string;
  readonly level: FreshnessLevel;
  /** Server wall clock of the newest proof of life. */
  readonly aliveAt: number | null;
  readonly ageMs: number | null;
  readonly cause: string | null;
}

/** How far numbers may be believed. */
export interface Proof {
  readonly level: FreshnessLevel;
  /** Server wall clock up to which the numbers were proven; null when they never were. */
  readonly provenAt: number | null;
}

/** Of the whole site: as bad as its worst source, because a sum lacks what one part of it lacks. */
export interface Freshness extends Proof {
  readonly cause: FreshnessCause | null;
  /** Of the way between the server and this screen alone. */
  readonly connection: Proof;
  readonly sources: readonly SourceFreshness[];
}

export interface FreshnessInput {
  /** Server wall clock as this screen believes it. */
  readonly serverNow: number;
  /** Server wall clock of the last tip; null before the first. */
  readonly lastTipAt: number | null;
  readonly socket: SocketState;
  /** The first full copy has arrived. */
  readonly hasSnapshot: boolean;
  /** How long the copy has been known to be incomplete; 0 when it follows. */
  readonly outOfStepMs: number;
  readonly sources: readonly SourceProof[];
}

const rank: Record<FreshnessLevel, number> = { fresh: 0, ageing: 1, starting: 2, stale: 3 };

export function freshnessOf(input: FreshnessInput): Freshness {
  const { serverNow, lastTipAt } = input;
  const judgedAt = lastTipAt === null ? serverNow : Math.min(serverNow, lastTipAt + TIP_EVERY_MS);
  const sources = input.sources.map((source) => sourceFreshness(source, serverNow, judgedAt));
  const connectionCause: FreshnessCause =
    input.socket === 'connected' || input.socket === 'refused' ? 'server' : 'network';

  if (!input.hasSnapshot) {
    const starting: Proof = { level: 'starting', provenAt: null };
    return { ...starting, cause: input.socket === 'connected' ? null : connectionCause, connection: starting, sources };
  }
  const tipAgeMs = lastTipAt === null ? 0 : Math.max(0, serverNow - lastTipAt);
  const connection: Proof = { level: levelOfAge(Math.max(tipAgeMs, input.outOfStepMs)), provenAt: lastTipAt };
  // A log beside a connection may be lost without a number on the screen being wrong.
  const vital = vitalSources(sources);
  const provenAt = provenBy(vital, lastTipAt);
  if (connection.level === 'stale') return { level: 'stale', cause: connectionCause, provenAt, connection, sources };

  if (sources.length === 0) return { level: 'starting', cause: null, provenAt, connection, sources };
  const worst = worstOf(vital);
  if (rank[worst] > rank[connection.level]) return { level: worst, cause: 'source', provenAt, connection, sources };
  const cause = connection.level === 'ageing' ? connectionCause : null;
  return { level: connection.level, cause, provenAt, connection, sources };
}

/** A queue is as fresh as the sources that feed it; as the whole site where those are not known. */
export function proofOfQueue(freshness: Freshness, sources: readonly string[]): Proof {
  const { connection } = freshness;
  const feeding = freshness.sources.filter(({ id }) => sources.includes(id));
  if (connection.level === 'stale' || connection.level === 'starting' || feeding.length === 0) return freshness;
  const worst = worstOf(feeding);
  const level = rank[worst] > rank[connection.level] ? worst : connection.level;
  return { level, provenAt: provenBy(feeding, connection.provenAt) };
}

export const isWithheld = ({ level }: Proof): boolean => level === 'stale' || level === 'starting';

/** Site time. Withheld figures are judged as of the last proof: a wait must not run on and turn critical by itself. */
export function judgedAt({ level, provenAt }: Proof, siteNow: number, serverNow: number): number {
  if (level !== 'stale' || provenAt === null) return siteNow;
  return siteNow - Math.max(0, serverNow - provenAt);
}

/** Of several sources some are lost while others go on: only what the lost ones feed is in doubt. */
export const isPartlyLost = ({ level, cause, sources }: Freshness): boolean =>
  level === 'stale' && cause === 'source' && vitalSources(sources).some((source) => source.level !== 'stale');

const worstOf = (sources: readonly SourceFreshness[]): FreshnessLevel =>
  sources.reduce<FreshnessLevel>((level, s) => (rank[s.level] > rank[level] ? s.level : level), 'fresh');

/** The proof heard least recently. */
const provenBy = (sources: readonly SourceFreshness[], lastTipAt: number | null): number | null => {
  let provenAt = lastTipAt;
  for (const { aliveAt } of sources) {
    if (aliveAt !== null) provenAt = Math.min(provenAt ?? aliveAt, aliveAt);
  }
  return provenAt;
};

function sourceFreshness(source: SourceProof, now: number, at: number): SourceFreshness {
  const { id, aliveAt, cause } = source;
  if (aliveAt === null) {
    return { id, level: source.state === 'lost' ? 'stale' : 'starting', aliveAt, ageMs: null, cause };
  }
  const ageMs = proofAgeMs(aliveAt, now, at);
  const byAge = levelOfAge(ageMs);
  const level = byAge === 'fresh' && source.state === 'lost' ? 'ageing' : byAge;
  return { id, level, aliveAt, ageMs, cause };
}

function levelOfAge(ageMs: number): FreshnessLevel {
  if (ageMs > STALE_AFTER_MS) return 'stale';
  return ageMs > AGEING_AFTER_MS ? 'ageing' : 'fresh';
}
