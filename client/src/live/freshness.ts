/**
 * May this screen's numbers be believed? Pure. The connection is judged first: without tips nothing is known about the
 * sources, so they are judged as of the last tip and the blame stays where it belongs.
 */
import { STALE_AFTER_MS, TIP_EVERY_MS } from '../../../shared/protocol.ts';

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

export interface Freshness {
  readonly level: FreshnessLevel;
  readonly cause: FreshnessCause | null;
  /** Server wall clock up to which the numbers were proven; null when they never were. */
  readonly provenAt: number | null;
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
  const sources = input.sources.map((source) => sourceFreshness(source, judgedAt));
  const connectionCause: FreshnessCause =
    input.socket === 'connected' || input.socket === 'refused' ? 'server' : 'network';

  if (!input.hasSnapshot) {
    return { level: 'starting', cause: input.socket === 'connected' ? null : connectionCause, provenAt: null, sources };
  }
  const tipAgeMs = lastTipAt === null ? 0 : Math.max(0, serverNow - lastTipAt);
  const connection = levelOfAge(Math.max(tipAgeMs, input.outOfStepMs));
  const oldestProof = sources.reduce<number | null>(
    (oldest, { aliveAt }) => (aliveAt === null ? oldest : Math.min(oldest ?? aliveAt, aliveAt)),
    null,
  );
  const provenAt = oldestProof === null ? lastTipAt : Math.min(oldestProof, lastTipAt ?? oldestProof);
  if (connection === 'stale') return { level: 'stale', cause: connectionCause, provenAt, sources };

  if (sources.length === 0) return { level: 'starting', cause: null, provenAt, sources };
  // Which queue a source feeds is not known here, so the worst source counts for all.
  const worst = sources.reduce<FreshnessLevel>((level, s) => (rank[s.level] > rank[level] ? s.level : level), 'fresh');
  if (rank[worst] > rank[connection]) return { level: worst, cause: 'source', provenAt, sources };
  if (connection === 'ageing') return { level: 'ageing', cause: connectionCause, provenAt, sources };
  return { level: 'fresh', cause: null, provenAt, sources };
}

function sourceFreshness(source: SourceProof, at: number): SourceFreshness {
  const { id, aliveAt, cause } = source;
  if (aliveAt === null) {
    return { id, level: source.state === 'lost' ? 'stale' : 'starting', aliveAt, ageMs: null, cause };
  }
  const ageMs = Math.max(0, at - aliveAt);
  const byAge = levelOfAge(ageMs);
  const level = byAge === 'fresh' && source.state === 'lost' ? 'ageing' : byAge;
  return { id, level, aliveAt, ageMs, cause };
}

function levelOfAge(ageMs: number): FreshnessLevel {
  if (ageMs > STALE_AFTER_MS) return 'stale';
  return ageMs > AGEING_AFTER_MS ? 'ageing' : 'fresh';
}
