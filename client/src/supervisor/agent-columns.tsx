import type { ReactNode } from 'react';
import type { useTranslation } from 'react-i18next';
import { formatDuration, NOTHING } from '../i18n/format.ts';
import type { AgentView } from '../live/rows.ts';
import { Elapsed } from '../ui/elapsed.tsx';
import { Given } from '../ui/given.tsx';
import { AGENT_STATES, agentState, agentStateSince, hasPendingPresence } from './agent-state.ts';
import type { GridColumn } from './grid-table.tsx';

export function agentColumns(
  t: ReturnType<typeof useTranslation>['t'],
  queueName: (id: string) => string,
  isWithheld: boolean,
  isWide: boolean,
): GridColumn<AgentView>[] {
  const columns: GridColumn<AgentView>[] = [
    {
      id: 'name',
      header: t('metric.agent'),
      value: ({ name }) => name,
      width: isWide ? 'minmax(7rem, 1fr)' : 'minmax(5.5rem, 0.8fr)',
      cell: ({ id, name }) => (
        <>
          <Given text={name} className="agent__name" />
          {id !== name && <Given text={shortId(id)} className="agent__id quiet" />}
        </>
      ),
    },
    {
      id: 'canTake',
      header: t('floor.canTake'),
      value: ({ canTakeCall }) => (canTakeCall ? 0 : 1),
      width: '3rem',
      cell: ({ canTakeCall }) =>
        canTakeCall && !isWithheld ? <CanTake t={t} /> : <span className="sr-only">{t('floor.canTakeNo')}</span>,
    },
    {
      id: 'state',
      header: t('floor.state'),
      value: (agent) => AGENT_STATES.indexOf(agentState(agent)),
      width: isWide ? 'minmax(6rem, 0.8fr)' : 'minmax(6.5rem, 1fr)',
      cell: (agent) => {
        if (isWithheld) return NOTHING;
        const state = agentState(agent);
        return (
          <>
            {!isWide && agent.canTakeCall ? (
              <CanTake t={t} />
            ) : (
              <span className="agent__swatch" data-state={state} aria-hidden="true" />
            )}
            <span className="agent__state">{t(`agentState.${state}`)}</span>
            {hasPendingPresence(agent) && (
              <span className="quiet agent__pending">
                {t('floor.pending', { reason: t(`agentState.${pendingOf(agent)}`) })}
              </span>
            )}
            {!isWide && agent.presence !== 'available' && !hasPendingPresence(agent) && agent.presenceReason && (
              <Given text={agent.presenceReason} className="quiet" />
            )}
          </>
        );
      },
    },
    {
      id: 'since',
      header: t('floor.inState'),
      value: (agent) => {
        const since = agentStateSince(agent);
        return since === null ? null : -since;
      },
      width: isWide ? '4.2rem' : '3.6rem',
      isEnd: true,
      isDescFirst: true,
      cell: (agent) => (isWithheld ? NOTHING : <Elapsed since={agentStateSince(agent)} />),
    },
    {
      id: 'reason',
      header: t('floor.reason'),
      value: ({ presence, presenceReason }) => (presence === 'available' ? null : presenceReason || null),
      width: 'minmax(5rem, 0.8fr)',
      cell: ({ presence, presenceReason, pausedIn }) => {
        if (isWithheld || (presence === 'available' && pausedIn.length === 0)) return null;
        if (presence === 'available')
          return <Given text={t('floor.pausedIn', { queues: pausedIn.map(queueName).join('、') })} className="quiet" />;
        return presenceReason ? <Given text={presenceReason} /> : null;
      },
    },
    {
      id: 'contact',
      header: t('floor.contact'),
      value: ({ contactQueue }) => (contactQueue === null ? null : queueName(contactQueue)),
      width: isWide ? 'minmax(11rem, 1.4fr)' : 'minmax(8rem, 1.6fr)',
      cell: ({ contactQueue, caller }) =>
        contactQueue === null || isWithheld ? null : (
          <>
            <Given text={queueName(contactQueue)} className="agent__queue" />
            {caller && <Given text={caller} className="quiet agent__caller" />}
          </>
        ),
    },
    {
      id: 'answered',
      header: t('floor.answeredToday'),
      value: ({ answered }) => answered,
      width: isWide ? '4.2rem' : '3.5rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ answered }) => (isWithheld ? NOTHING : answered),
    },
    {
      id: 'talk',
      header: t('metric.averageTalk'),
      value: ({ answered, talkMsSum }) => (answered > 0 ? talkMsSum / answered : null),
      width: isWide ? '4.2rem' : '3.5rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ answered, talkMsSum }) =>
        isWithheld || answered === 0 ? NOTHING : formatDuration(talkMsSum / answered),
    },
    {
      id: 'missed',
      header: t('metric.noAnswer'),
      value: ({ ringNoAnswer }) => ringNoAnswer,
      width: isWide ? '3rem' : '2.8rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ ringNoAnswer }) =>
        isWithheld ? NOTHING : ringNoAnswer > 0 ? <strong>{ringNoAnswer}</strong> : <span className="quiet">0</span>,
    },
  ];
  // A narrow screen folds the mark and the reason into the state.
  return isWide ? columns : columns.filter(({ id }) => id !== 'canTake' && id !== 'reason');
}

/** `PJSIP/8001` is how a PBX spells it; people say 8001. */
const shortId = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

function CanTake({ t }: { t: ReturnType<typeof useTranslation>['t'] }): ReactNode {
  return (
    <span className="can-take" role="img" aria-label={t('floor.canTakeYes')} title={t('floor.canTakeYes')}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.500" fill="none" stroke="currentColor" strokeWidth="1.600" />
        <circle cx="8" cy="8" r="3" fill="currentColor" />
      </svg>
    </span>
  );
}

const pendingOf = ({ presence }: AgentView): Exclude<AgentView['presence'], 'available'> =>
  presence === 'available' ? 'onBreak' : presence;
