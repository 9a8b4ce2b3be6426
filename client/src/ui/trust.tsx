/** Whether the numbers below may be shown, for every figure without passing it through every component. */
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { NOTHING, useFormat } from '../i18n/format.ts';
import { type Freshness, type Proof, proofOfQueue } from '../live/freshness.ts';

export interface Trust {
  /** Values are replaced by `--`. */
  readonly isWithheld: boolean;
  /** There was something before: the last value is shown small with its time. */
  readonly lastAt: number | null;
}

/** Of a queue, by the sources that feed it. */
export type TrustOfQueue = (sources: readonly string[]) => Trust;

const TRUSTED: Trust = { isWithheld: false, lastAt: null };
const TrustContext = createContext<Trust>(TRUSTED);
const QueuesContext = createContext<TrustOfQueue>(() => TRUSTED);
/** Of the whole site, or of the queue around. */
export const useTrust = (): Trust => useContext(TrustContext);
/** The same function until its answers change. */
export const useTrustOfQueue = (): TrustOfQueue => useContext(QueuesContext);

function trustOf({ level, provenAt }: Proof): Trust {
  if (level === 'stale') return { isWithheld: true, lastAt: provenAt };
  if (level === 'starting') return { isWithheld: true, lastAt: null };
  return TRUSTED;
}

export function TrustProvider({ freshness, children }: { freshness: Freshness; children: ReactNode }): ReactNode {
  const { level, provenAt, connection, sources } = freshness;
  const key = JSON.stringify([
    level === 'stale' ? provenAt : level,
    connection.level,
    sources.map((source) => [source.id, source.level, source.level === 'stale' && source.aliveAt]),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: ages grow every second; trust changes when the key does.
  const [ofSite, ofQueue] = useMemo(
    () => [trustOf(freshness), (ids: readonly string[]) => trustOf(proofOfQueue(freshness, ids))] as const,
    [key],
  );
  return (
    <QueuesContext value={ofQueue}>
      <TrustContext value={ofSite}>{children}</TrustContext>
    </QueuesContext>
  );
}

/** What is inside belongs to one queue and is trusted as far as that queue is. */
export function QueueTrust({ sources, children }: { sources: readonly string[]; children: ReactNode }): ReactNode {
  return <TrustContext value={useTrustOfQueue()(sources)}>{children}</TrustContext>;
}

/** A number that is withheld when it cannot be trusted. */
export function Figure({
  children,
  unit,
  isIdle = false,
}: {
  children: string;
  unit?: string;
  isIdle?: boolean;
}): ReactNode {
  const { isWithheld } = useTrust();
  if (isWithheld || children === NOTHING) return <span className="figure figure--nothing">{NOTHING}</span>;
  return (
    <span className={isIdle ? 'figure figure--idle' : 'figure'}>
      {children}
      {unit && <small className="figure__unit">{unit}</small>}
    </span>
  );
}

/** `last 12 at 10:42:10` below a withheld figure. */
export function LastKnown({ value, isTimed = true }: { value: string; isTimed?: boolean }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { isWithheld, lastAt } = useTrust();
  if (!isWithheld || lastAt === null) return null;
  return (
    <span className="last-known">
      {t('fresh.last')} {isTimed ? t('fresh.lastAt', { value, time: format.time(lastAt) }) : value}
    </span>
  );
}
