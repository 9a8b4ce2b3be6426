import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BreakDesk } from '../../../shared/api-breaks.ts';
import { Button } from '../ui/button.tsx';
import { Given } from '../ui/given.tsx';
import type { DeskActs } from './use-acts.ts';
import { causeText, whyText } from './words.ts';

interface RequestListProps {
  readonly desk: Pick<BreakDesk, 'requests' | 'recent' | 'settings'>;
  readonly mayAct: boolean;
  readonly isLive: boolean;
  readonly acts: DeskActs;
}

const WITHOUT_GRANT = ['refuse', 'withdraw'] as const;
/** Only who may go is granted a break: the server would refuse the others. */
const WITH_GRANT = ['grant', ...WITHOUT_GRANT] as const;

/** Requests in the order in which they are granted, each with why not yet. */
export function RequestList({ desk, mayAct, isLive, acts }: RequestListProps): ReactNode {
  const { t } = useTranslation();
  const { requests, recent, settings } = desk;
  return (
    <section className="desk__panel" aria-labelledby="requests">
      <h2 id="requests">
        {t('breaks.queue.title')} <span className="desk__hint">{t('breaks.queue.hint')}</span>
      </h2>
      {requests.length === 0 ? (
        <p className="desk__none">{t('breaks.queue.none')}</p>
      ) : (
        <ol className="desk__rows">
          {requests.map((one) => (
            <li key={one.request.id} className="desk__row" data-agent={one.agent}>
              <span className="desk__person">
                <strong>
                  <Given text={one.name} />
                </strong>
                <span className="desk__about">
                  <Given text={one.request.reason} /> · {t('breaks.queue.by', { who: one.request.requestedBy })}
                </span>
              </span>
              <span className="desk__why" data-can={one.whyNot === null}>
                {one.whyNot === null ? t('breaks.queue.can') : whyText(t, one.whyNot, settings.noRestMs)}
              </span>
              {mayAct && (
                <span className="desk__acts">
                  {(one.whyNot === null && isLive ? WITH_GRANT : WITHOUT_GRANT).map((step) => (
                    <Button
                      key={step}
                      kind={step === 'grant' ? 'primary' : 'quiet'}
                      aria-label={t('breaks.queue.of', { step: t(`breaks.queue.${step}`), name: one.name })}
                      isBusy={acts.busy.has(one.agent)}
                      onClick={() => acts.step(one, one.request.id, step)}
                    >
                      {t(`breaks.queue.${step}`)}
                    </Button>
                  ))}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {recent.length > 0 && (
        <details className="desk__recent">
          <summary>{t('breaks.recent.title')}</summary>
          <ul>
            {recent.map((one) => (
              <li key={one.id}>
                <Given text={one.name} /> · <Given text={one.reason} /> ·{' '}
                {one.state === 'refused' || one.state === 'expired' || one.state === 'failed'
                  ? t(`breaks.state.${one.state}`)
                  : ''}
                {one.cause && ` · ${causeText(t, one)}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
