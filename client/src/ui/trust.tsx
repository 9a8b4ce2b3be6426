/** Whether the numbers below may be shown, for every figure without passing it through every component. */
import { createContext, type ReactNode, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { NOTHING, useFormat } from '../i18n/format.ts';
import type { Freshness } from '../live/freshness.ts';

export interface Trust {
  /** Values are replaced by `--`. */
  readonly isWithheld: boolean;
  /** There was something before: the last value is shown small with its time. */
  readonly lastAt: number | null;
}

const TRUSTED: Trust = { isWithheld: false, lastAt: null };
const TrustContext = createContext<Trust>(TRUSTED);
export const useTrust = (): Trust => useContext(TrustContext);

export function trustOf(freshness: Freshness): Trust {
  if (freshness.level === 'stale') return { isWithheld: true, lastAt: freshness.provenAt };
  if (freshness.level === 'starting') return { isWithheld: true, lastAt: null };
  return TRUSTED;
}

export function TrustProvider({ trust, children }: { trust: Trust; children: ReactNode }): ReactNode {
  return <TrustContext value={trust}>{children}</TrustContext>;
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
