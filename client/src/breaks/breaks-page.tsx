import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BreakDesk } from '../../../shared/api-breaks.ts';
import { LoadState } from '../access/load-state.tsx';
import { useMay } from '../access/session.tsx';
import { Shell } from '../access/shell.tsx';
import { createFormat, NOTHING } from '../i18n/format.ts';
import { useSite } from '../site-choice.ts';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/field.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { RequestList } from './request-list.tsx';
import { RestingList } from './resting-list.tsx';
import { RulesDialog } from './rules-dialog.tsx';
import { UnrestedList } from './unrested-list.tsx';
import { useActs } from './use-acts.ts';
import { useDesk } from './use-desk.ts';
import './breaks.css';

/** The break desk: who rests, who asked to, who should. */
export function BreaksPage(): ReactNode {
  const site = useSite(new URLSearchParams(location.search));
  const may = useMay();
  const { t } = useTranslation();
  const [isEditing, setIsEditing] = useState(false);
  const mayChange = may('settings.change') && site !== null;
  return (
    <Shell
      page="breaks"
      tools={mayChange && <Button onClick={() => setIsEditing(true)}>{t('breaks.rules.open')}</Button>}
    >
      {site !== null && <Desk key={site} site={site} />}
      {isEditing && site !== null && <RulesDialog site={site} onClose={() => setIsEditing(false)} />}
    </Shell>
  );
}

function Desk({ site }: { site: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const { loaded, desk, now, isLive } = useDesk(site);
  const mayAct = useMay()('break.grant');
  const acts = useActs(site, desk?.settings.noRestMs ?? 0, loaded.reload);
  const shownNow = isLive ? now : null;
  return (
    <LoadState loaded={loaded}>
      {desk && (
        <div className="desk">
          {!isLive && (
            <p className="notice" role="status">
              {t('breaks.stale')} ·{' '}
              {t('breaks.staleUntil', { at: createFormat(i18n.language, desk.timeZone).time(desk.asOf) })}
            </p>
          )}
          <FormError>{acts.failure && `${acts.failure.name}: ${acts.failure.text}`}</FormError>
          <Now desk={desk} isLive={isLive} />
          <div className="desk__columns">
            <div>
              <RestingList desk={desk} now={shownNow} mayAct={mayAct} acts={acts} />
              <RequestList desk={desk} mayAct={mayAct} isLive={isLive} acts={acts} />
            </div>
            <UnrestedList desk={desk} now={shownNow} mayAct={mayAct} acts={acts} />
          </div>
        </div>
      )}
    </LoadState>
  );
}

/** How many may rest, now and in the half hours to come, and how many stay. */
function Now({ desk, isLive }: { desk: BreakDesk; isLive: boolean }): ReactNode {
  const { t, i18n } = useTranslation();
  const { timeShort } = createFormat(i18n.language, desk.timeZone);
  const { used, free, minFree, settings } = desk;
  const [current, ...later] = desk.quota;
  const people = current?.people ?? settings.quota;
  const isFull = isLive && used >= people;
  return (
    <dl className="desk__now">
      <div>
        <dt>{t('breaks.now.quota')}</dt>
        <dd>
          {isLive ? t('breaks.now.quotaOf', { used, people }) : NOTHING}
          {isFull && (
            <span className="desk__full">
              <SeverityMark kind="watch" />
              {t('breaks.full')}
            </span>
          )}
        </dd>
      </div>
      {later.map((one) => (
        <div key={one.startAt}>
          <dt>{t('breaks.now.next', { at: timeShort(one.startAt) })}</dt>
          <dd className="desk__later">{t('breaks.quotaHint', { people: one.people })}</dd>
        </div>
      ))}
      <div>
        <dt>{t('breaks.now.free')}</dt>
        <dd>
          {isLive ? free : NOTHING}
          <span className="desk__full">{t('breaks.now.minFree', { count: minFree })}</span>
        </dd>
      </div>
      <div className="desk__auto">
        <dt>{settings.isAutoGranting ? t('breaks.auto.on') : t('breaks.auto.off')}</dt>
      </div>
    </dl>
  );
}
