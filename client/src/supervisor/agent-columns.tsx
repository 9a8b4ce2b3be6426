import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { AgentActions, CommandMark } from '../acting/agent-actions.tsx';
import { formatDuration, NOTHING } from '../i18n/format.ts';
import type { AgentView } from '../live/rows.ts';
import { Elapsed } from '../ui/elapsed.tsx';
import { Given } from '../ui/given.tsx';
import { SuspectMark } from '../ui/suspect-mark.tsx';
import { AGENT_STATES, agentState, agentStateSince, hasPendingPresence } from './agent-state.ts';
import type { GridColumn } from './grid-column.ts';

export function agentColumns(
  t: TFunction,
  queueName: (id: string) => string,
  isWithheld: (agent: AgentView) => boolean,
  isWide: boolean,
  canAct: boolean,
): GridColumn<AgentView>[] {
  const unless = (agents: readonly AgentView[], value: () => ReactNode): ReactNode =>
    agents.some(isWithheld) ? NOTHING : value();
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
      cell: (agent) =>
        agent.canTakeCall && !isWithheld(agent) ? (
          <CanTake t={t} />
        ) : (
          <span className="sr-only">{t('floor.canTakeNo')}</span>
        ),
    },
    {
      id: 'state',
      header: t('floor.state'),
      value: (agent) => AGENT_STATES.indexOf(agentState(agent)),
      width: isWide ? 'minmax(6rem, 0.8fr)' : 'minmax(6rem, 0.8fr)',
      cell: (agent) => {
        if (isWithheld(agent)) return NOTHING;
        const state = agentState(agent);
        return (
          <>
            {!isWide && agent.canTakeCall ? (
              <CanTake t={t} />
            ) : (
              <span className="agent__swatch" data-state={state} aria-hidden="true" />
            )}
            <span className="agent__state">{t(`agentState.${state}`)}</span>
            {agent.isSuspect && <SuspectMark />}
            <CommandMark agent={agent.id} />
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
      total: (agents) => {
        if (agents.some(isWithheld)) return NOTHING;
        const free = agents.filter(({ canTakeCall }) => canTakeCall).length;
        return `${t('agentState.free')} ${free}`;
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
      cell: (agent) => (isWithheld(agent) ? NOTHING : <Elapsed since={agentStateSince(agent)} />),
    },
    {
      id: 'reason',
      header: t('floor.reason'),
      value: ({ presence, presenceReason }) => (presence === 'available' ? null : presenceReason || null),
      width: 'minmax(5rem, 0.8fr)',
      cell: (agent) => {
        const { presence, presenceReason, pausedIn } = agent;
        if (isWithheld(agent) || (presence === 'available' && pausedIn.length === 0)) return null;
        if (presence === 'available')
          return <Given text={t('floor.pausedIn', { queues: pausedIn.map(queueName).join('、') })} className="quiet" />;
        return presenceReason ? <Given text={presenceReason} /> : null;
      },
    },
    {
      id: 'contact',
      header: t('floor.contact'),
      value: ({ contactQueue }) => (contactQueue === null ? null : queueName(contactQueue)),
      width: isWide ? 'minmax(11rem, 1.4fr)' : 'minmax(9.8rem, 1.6fr)',
      cell: (agent) =>
        agent.contactQueue === null || isWithheld(agent) ? null : (
          <>
            <Given text={queueName(agent.contactQueue)} className="agent__queue" />
            {agent.caller && <Given text={agent.caller} className="quiet agent__caller" />}
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
      cell: (agent) => (isWithheld(agent) ? NOTHING : agent.answered),
      total: (agents) => unless(agents, () => sum(agents, ({ answered }) => answered)),
    },
    {
      id: 'talk',
      header: t('metric.averageTalk'),
      value: averageTalkMs,
      width: isWide ? '4.2rem' : '3.5rem',
      isEnd: true,
      isDescFirst: true,
      cell: (agent) => (isWithheld(agent) ? NOTHING : durationOr(averageTalkMs(agent))),
      total: (agents) => unless(agents, () => durationOr(averageOf(agents))),
    },
    {
      id: 'missed',
      header: t('metric.noAnswer'),
      value: ({ ringNoAnswer }) => ringNoAnswer,
      width: isWide ? '3rem' : '2.8rem',
      isEnd: true,
      isDescFirst: true,
      cell: (agent) =>
        isWithheld(agent) ? (
          NOTHING
        ) : agent.ringNoAnswer > 0 ? (
          <strong>{agent.ringNoAnswer}</strong>
        ) : (
          <span className="quiet">0</span>
        ),
      total: (agents) => unless(agents, () => sum(agents, ({ ringNoAnswer }) => ringNoAnswer)),
    },
  ];
  if (canAct) {
    columns.push({
      id: 'act',
      header: t('acting.actions'),
      width: '2.4rem',
      cell: (agent) => <AgentActions agent={agent} isInRow />,
    });
  }
  // A narrow screen folds the mark and the reason into the state.
  return isWide ? columns : columns.filter(({ id }) => id !== 'canTake' && id !== 'reason');
}

const sum = (agents: readonly AgentView[], of: (agent: AgentView) => number): number =>
  agents.reduce((total, agent) => total + of(agent), 0);
const averageTalkMs = ({ day }: AgentView): number | null => (day.handled > 0 ? day.talkMsSum / day.handled : null);
const averageOf = (agents: readonly AgentView[]): number | null => {
  const handled = sum(agents, ({ day }) => day.handled);
  return handled > 0 ? sum(agents, ({ day }) => day.talkMsSum) / handled : null;
};
const durationOr = (ms: number | null): string => (ms === null ? NOTHING : formatDuration(ms));

/** `PJSIP/8001` is how a PBX spells it; people say 8001. */
const shortId = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

function CanTake({ t }: { t: TFunction }): ReactNode {
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
