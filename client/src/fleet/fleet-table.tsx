import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import type { Fleet, FleetScreen, ScreenOrder } from '../../../shared/api-screens.ts';
import type { Places } from '../access/preview.ts';
import { useInstant } from '../access/use-instant.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Given } from '../ui/given.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { orderScreen } from './fleet-api.ts';
import { agoOf, isFrozen, pendingOf, settledOf } from './fleet-state.ts';

interface FleetTableProps {
  readonly fleet: Fleet;
  readonly places: Places | null;
  readonly boards: readonly BoardSummary[];
  readonly onChanged: () => void;
  readonly onEdit: (screen: FleetScreen) => void;
  readonly onRevoke: (screen: FleetScreen) => void;
}

export function FleetTable({ fleet, places, boards, ...acts }: FleetTableProps): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  const boardNames = new Map(boards.map(({ id, name }) => [id, name]));
  const boardName = (id: string): string =>
    id === 'standard' ? t('tv.form.standard') : (boardNames.get(id) ?? t('shown.unlisted', { id }));
  const siteNames = new Map(places?.sites.map(({ id, name }) => [id, name]));
  return (
    <table className="list list--fleet">
      <thead>
        <tr>
          <th scope="col">{t('tv.fleet.screen')}</th>
          <th scope="col">{t('tv.fleet.state')}</th>
          <th scope="col">{t('tv.fleet.numbers')}</th>
          <th scope="col">{t('tv.fleet.machine')}</th>
          <th scope="col">{t('tv.fleet.paired')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {fleet.screens.map((screen) => (
          <tr key={screen.id} data-off={screen.state !== 'online'}>
            <th scope="row">
              <span className="fleet__name">
                <span className="fleet__number">{screen.number}</span>
                <Given text={screen.name} />
              </span>
              <span className="list__sub">
                <Given text={siteNames.get(screen.site) ?? screen.site} /> · <bdi>{boardName(screen.board)}</bdi>
              </span>
            </th>
            <td data-label={t('tv.fleet.state')}>
              <State screen={screen} asOf={fleet.asOf} />
            </td>
            <td data-label={t('tv.fleet.numbers')}>
              <Picture screen={screen} boardName={boardName} />
            </td>
            <td data-label={t('tv.fleet.machine')}>
              <Machine screen={screen} build={fleet.build} />
            </td>
            <td data-label={t('tv.fleet.paired')}>
              <Given text={screen.pairedBy} />
              <span className="list__sub">{instant(screen.pairedAt)}</span>
            </td>
            <td className="list__end">
              <Orders screen={screen} {...acts} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Whether it speaks, and what of its orders it has obeyed: never what was merely sent. */
function State({ screen, asOf }: { screen: FleetScreen; asOf: number }): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  const { state, report, reload } = screen;
  return (
    <>
      {state === 'online' && (
        <span className="fleet__state">
          <SeverityMark kind="eased" />
          {t('tv.fleet.online')}
        </span>
      )}
      {state === 'offline' && (
        <span className="fleet__state fleet__state--off">
          <SeverityMark kind="warning" />
          {t('tv.fleet.offlineSince', { at: instant(report?.at ?? screen.pairedAt) })}
        </span>
      )}
      {state === 'waiting' && (
        <span className="fleet__state">
          <SeverityMark kind="watch" />
          {t('tv.fleet.waiting')}
        </span>
      )}
      {pendingOf(screen, asOf).map((order) => (
        <span key={order} className="list__sub" data-pending={order}>
          {t(`tv.order.${order}Pending`)}
        </span>
      ))}
      {settledOf(screen, asOf).map((news) => (
        <span key={news} className="list__sub" data-settled={news}>
          {news === 'identified' && t('tv.order.identifyDone')}
          {news === 'identifyLost' && t('tv.order.identifyLost')}
          {news === 'reloaded' && t('tv.order.reloadDone', { at: instant(reload?.doneAt ?? 0) })}
        </span>
      ))}
    </>
  );
}

function Picture({ screen, boardName }: { screen: FleetScreen; boardName: (id: string) => string }): ReactNode {
  const { t } = useTranslation();
  const { report, state } = screen;
  if (!report) return <span className="list__quiet">{t('access.audit.absent')}</span>;
  const { unit, count } = agoOf(report.at - report.lastPaintAt);
  const ago = t(`tv.ago.${unit}`, { count });
  return (
    <>
      {t(`tv.fleet.shows.${report.shows}`)}
      {report.isDimmed && ` · ${t('tv.fleet.dimmed')}`}
      {report.shows === 'board' && report.board !== screen.board && (
        <span className="list__sub">
          <SeverityMark kind="watch" /> {t('shown.showsOther', { name: boardName(report.board) })}
        </span>
      )}
      {report.freshness !== null && (
        <span className="list__sub">
          {report.freshness === 'stale' && <SeverityMark kind="warning" />}{' '}
          {t(`tv.fleet.freshness.${report.freshness}`)}
        </span>
      )}
      {state === 'online' && (
        <span className="list__sub">
          {isFrozen(screen) && <SeverityMark kind="warning" />}{' '}
          {t(isFrozen(screen) ? 'tv.fleet.frozen' : 'tv.fleet.painted', { ago })}
        </span>
      )}
      {report.sound === 'blocked' && (
        <span className="list__sub">
          <SeverityMark kind="watch" /> {t('tv.fleet.soundBlocked')}
        </span>
      )}
    </>
  );
}

function Machine({ screen: { report }, build }: { screen: FleetScreen; build: string }): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  if (!report) return <span className="list__quiet">{t('access.audit.absent')}</span>;
  const { width, height, heapBytes, from, startedAt } = report;
  const memory = heapBytes === null ? null : t('tv.fleet.memory', { mb: Math.round(heapBytes / 2 ** 20) });
  return (
    <>
      {[t('tv.fleet.size', { width, height }), memory].filter(Boolean).join(' · ')}
      <span className="list__sub">{from}</span>
      {report.build !== null && <span className="list__sub">{t('tv.fleet.build', { build: report.build })}</span>}
      <span className="list__sub">{t('tv.fleet.started', { at: instant(startedAt) })}</span>
      {report.build !== null && report.build !== build && (
        <span className="list__sub">
          <SeverityMark kind="watch" /> {t('tv.fleet.isOld')}
        </span>
      )}
    </>
  );
}

function Orders({
  screen,
  onChanged,
  onEdit,
  onRevoke,
}: { screen: FleetScreen } & Pick<FleetTableProps, 'onChanged' | 'onEdit' | 'onRevoke'>): ReactNode {
  const { t } = useTranslation();
  const { name } = screen;
  const orders: readonly ScreenOrder[] = ['identify', 'reload', screen.isBlank ? 'unblank' : 'blank'];
  const label = (order: ScreenOrder | 'edit' | 'revoke') => t('tv.order.of', { order: t(`tv.order.${order}`), name });
  return (
    <div className="fleet__orders">
      {orders.map((order) => (
        <Order key={order} order={order} screen={screen} label={label(order)} onChanged={onChanged} />
      ))}
      <Button kind="quiet" aria-label={label('edit')} onClick={() => onEdit(screen)}>
        {t('tv.order.edit')}
      </Button>
      <Button kind="quiet" aria-label={label('revoke')} onClick={() => onRevoke(screen)}>
        {t('tv.order.revoke')}
      </Button>
    </div>
  );
}

interface OrderProps {
  readonly order: ScreenOrder;
  readonly screen: FleetScreen;
  readonly label: string;
  readonly onChanged: () => void;
}

function Order({ order, screen, label, onChanged }: OrderProps): ReactNode {
  const { t } = useTranslation();
  const { isBusy, error, submit } = useSubmit(async () => {
    await orderScreen(screen.id, order);
    onChanged();
  });
  return (
    <>
      <Button kind="quiet" aria-label={label} isBusy={isBusy} onClick={() => submit()}>
        {t(`tv.order.${order}`)}
      </Button>
      {error !== null && (
        <p className="fleet__error" role="alert">
          {errorText(t, error)}
        </p>
      )}
    </>
  );
}
