import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BreakDesk } from '../../../shared/api-breaks.ts';
import { createFormat, formatDuration } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Given } from '../ui/given.tsx';
import { Countdown } from './countdown.tsx';
import type { DeskActs } from './use-acts.ts';
import { causeText } from './words.ts';

type Resting = BreakDesk['breaks'][number];

interface RestingListProps {
  readonly desk: Pick<BreakDesk, 'breaks' | 'timeZone'>;
  /** Null: nobody knows. */
  readonly now: number | null;
  readonly mayAct: boolean;
  readonly acts: DeskActs;
}

/** Who is on break, the one with the least time left first. */
export function RestingList({ desk: { breaks, timeZone }, now, mayAct, acts }: RestingListProps): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="desk__panel desk__panel--resting" aria-labelledby="resting">
      <h2 id="resting">{t('breaks.resting.title')}</h2>
      {breaks.length === 0 ? (
        <p className="desk__none">{t('breaks.resting.none')}</p>
      ) : (
        <ul className="desk__rows">
          {breaks.map((one) => (
            <li key={one.agent} className="desk__row" data-agent={one.agent}>
              <Person resting={one} timeZone={timeZone} />
              {one.since === null ? (
                <span className="desk__pending">{t('breaks.resting.pending')}</span>
              ) : (
                <Countdown since={one.since} maxMs={one.maxMs} now={now} />
              )}
              <End resting={one} mayAct={mayAct} acts={acts} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Person({ resting, timeZone }: { resting: Resting; timeZone: string }): ReactNode {
  const { name, team, reason, since, maxMs, request } = resting;
  const { t, i18n } = useTranslation();
  const format = createFormat(i18n.language, timeZone);
  const max = t('breaks.resting.of', { value: formatDuration(maxMs) });
  const from = since === null ? '' : ` · ${t('breaks.resting.since', { at: format.timeShort(since) })}`;
  return (
    <span className="desk__person">
      <strong>
        <Given text={name} />
      </strong>
      <span className="desk__about">
        {team && (
          <>
            <Given text={team} /> ·{' '}
          </>
        )}
        <Given text={reason} /> {max}
        {from}
        {request === null && since !== null && ` · ${t('breaks.resting.own')}`}
        {request?.cause && (
          <span className="desk__cause"> · {t('breaks.resting.endFailed', { cause: causeText(t, request) })}</span>
        )}
      </span>
    </span>
  );
}

function End({ resting, mayAct, acts }: { resting: Resting; mayAct: boolean; acts: DeskActs }): ReactNode {
  const { t } = useTranslation();
  const { request, agent, name } = resting;
  if (request?.isEnding) return <span className="desk__pending">{t('breaks.resting.ending')}</span>;
  if (!mayAct || request?.state !== 'onBreak') return null;
  return (
    <Button
      aria-label={t('breaks.resting.endOf', { name })}
      isBusy={acts.busy.has(agent)}
      onClick={() => acts.step(resting, request.id, 'end')}
    >
      {t('breaks.resting.end')}
    </Button>
  );
}
