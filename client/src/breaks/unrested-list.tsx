import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BreakDesk } from '../../../shared/api-breaks.ts';
import { formatDuration, NOTHING } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Given } from '../ui/given.tsx';
import type { DeskActs } from './use-acts.ts';
import { whyText } from './words.ts';

interface UnrestedListProps {
  readonly desk: Pick<BreakDesk, 'unrested' | 'settings'>;
  /** Null: nobody knows. */
  readonly now: number | null;
  readonly mayAct: boolean;
  readonly acts: DeskActs;
}

/** So many are looked at; the rest is there when asked for. */
const SHOWN = 20;

/** Who has worked longest without a rest, and what they have earned. */
export function UnrestedList({ desk, now, mayAct, acts }: UnrestedListProps): ReactNode {
  const { t } = useTranslation();
  const { unrested, settings } = desk;
  const [chosen, setChosen] = useState<string | null>(null);
  const [isWhole, setIsWhole] = useState(false);
  const reasons = settings.reasons.map(({ reason }) => reason);
  const reason = chosen !== null && reasons.includes(chosen) ? chosen : (reasons[0] ?? '');
  const shown = isWhole ? unrested : unrested.slice(0, SHOWN);
  return (
    <section className="desk__panel desk__panel--unrested" aria-labelledby="unrested">
      <div className="desk__head">
        <h2 id="unrested">{t('breaks.unrested.title')}</h2>
        {mayAct && (
          <Field label={t('breaks.unrested.reason')}>
            {(control) => (
              <select {...control} className="input" value={reason} onChange={({ target }) => setChosen(target.value)}>
                {settings.reasons.map((one) => (
                  <option key={one.reason} value={one.reason}>
                    {one.reason} · {formatDuration(one.maxMs)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      {unrested.length === 0 && <p className="desk__none">{t('breaks.unrested.none')}</p>}
      <ol className="desk__rows">
        {shown.map((one) => (
          <li key={one.agent} className="desk__row" data-agent={one.agent}>
            <span className="desk__person">
              <strong>
                <Given text={one.name} />
              </strong>
              <span className="desk__about">
                {one.team && (
                  <>
                    <Given text={one.team} /> ·{' '}
                  </>
                )}
                {t('breaks.unrested.earned', {
                  taken: formatDuration(one.takenMs),
                  earned: formatDuration(one.earnedMs),
                })}
              </span>
            </span>
            <span className="desk__long">
              {now === null ? NOTHING : t('breaks.unrested.since', { value: formatDuration(now - one.unrestedSince) })}
              <span className="desk__about">
                {one.hasRequest
                  ? t('breaks.unrested.waiting')
                  : one.whyNot !== null && whyText(t, one.whyNot, settings.noRestMs)}
              </span>
            </span>
            {mayAct && !one.hasRequest && (
              <span className="desk__acts">
                {one.whyNot === null && now !== null && (
                  <Button
                    aria-label={t('breaks.unrested.sendOf', { name: one.name })}
                    isBusy={acts.busy.has(one.agent)}
                    onClick={() => acts.send(one, reason)}
                  >
                    {t('breaks.unrested.send')}
                  </Button>
                )}
                <Button
                  kind="quiet"
                  aria-label={t('breaks.unrested.askOf', { name: one.name })}
                  isBusy={acts.busy.has(one.agent)}
                  onClick={() => acts.queue(one, reason)}
                >
                  {t('breaks.unrested.ask')}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ol>
      {unrested.length > shown.length && (
        <p className="desk__more">
          {t('breaks.unrested.more', { count: unrested.length - shown.length })}{' '}
          <button type="button" className="link" onClick={() => setIsWhole(true)}>
            {t('breaks.unrested.all')}
          </button>
        </p>
      )}
    </section>
  );
}
