import { type ReactNode, useCallback, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { useMay } from '../access/session.tsx';
import { AgentActions } from '../acting/agent-actions.tsx';
import { errorText } from '../error-text.ts';
import { NOTHING } from '../i18n/format.ts';
import { type AgentView, agentView, type QueueView } from '../live/rows.ts';
import { useCounts, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { Drawer } from '../ui/drawer.tsx';
import { Elapsed } from '../ui/elapsed.tsx';
import { Given } from '../ui/given.tsx';
import { SuspectMark } from '../ui/suspect-mark.tsx';
import { useAgentDoubt } from './agent-doubt.ts';
import { agentState, agentStateSince, hasPendingPresence } from './agent-state.ts';
import { DayContacts } from './day-contacts.tsx';
import { DayFacts } from './day-facts.tsx';
import { DayPicker } from './day-picker.tsx';
import { barsOf, withLive } from './day-timeline.ts';
import { DayTimeline } from './day-timeline-view.tsx';
import { useAgentDay } from './use-agent-day.ts';

/** Longer than a write takes: what is missing then is missed. */
const LATE_MS = 15_000;

interface AgentDrawerProps {
  readonly agent: string;
  /** ISO date of a business day; null: the running one. */
  readonly date: string | null;
  readonly queues: readonly QueueView[];
  readonly onDate: (date: string | null) => void;
  /** To the same agent's contacts in the list of contacts. */
  readonly onContacts: () => void;
  readonly onClose: () => void;
}

/** Who this is, what they do now, and their day: states and calls on one line of time. */
export function AgentDrawer({ agent: id, date, queues, onDate, onContacts, onClose }: AgentDrawerProps): ReactNode {
  const { t } = useTranslation();
  const titleId = useId();
  const { site } = useLive();
  const seesContacts = useMay()('contacts.view', { site });
  const now = useSiteNow();
  const counts = useCounts();
  const live = useTables(
    'agents',
    useCallback((tables: ChannelTables) => agentIn(tables, id), [id]),
  );
  const isDoubted = useAgentDoubt(queues);
  const isWithheld = live !== null && isDoubted(live);
  const { answer, failure, isAsking, askAgain } = useAgentDay(id, date, live);
  const [picked, setPicked] = useState<string | null>(null);
  const names = new Map(queues.map((queue) => [queue.id, queue.name]));
  const queueName = (queue: string): string => names.get(queue) ?? queue;

  const trusted = isWithheld ? null : live;
  const isRunning = answer?.isRunning ?? date === null;
  const bars = answer ? barsOf(withLive(answer, trusted, now)) : [];
  const sources = queues.filter((queue) => live?.queues.includes(queue.id)).flatMap((queue) => queue.sources);
  const gaps = (isRunning && counts ? counts.gaps : (answer?.gaps ?? [])).map((gap) => ({
    ...gap,
    isFilled: gap.isFilled === true,
  }));
  const late = answer?.unwrittenSince ?? null;
  const unwrittenSince = late !== null && now - late > LATE_MS ? late : null;

  return (
    <Drawer labelledBy={titleId} onClose={onClose}>
      <header className="drawer__bar">
        <h2 className="drawer__title" id={titleId} tabIndex={-1} data-autofocus>
          <Given text={live?.name ?? id} />
          {live && live.name !== id && <Given text={id.slice(id.lastIndexOf('/') + 1)} className="quiet" />}
          {live?.team && <Given text={live.team} className="quiet" />}
        </h2>
        <button type="button" className="tool" onClick={onClose} aria-keyshortcuts="Escape">
          {t('floor.close')}
        </button>
      </header>
      <div className="drawer__body">
        {live && <AgentNow agent={live} isWithheld={isWithheld} queueName={queueName} />}
        {live && <AgentActions agent={live} />}
        <div className="day-bar">
          <DayPicker shown={answer?.businessDay.date ?? date} isRunning={isRunning} onDate={onDate} />
          {seesContacts && (
            <button type="button" className="tool tool--framed" onClick={onContacts}>
              {t('drawer.toContacts')}
            </button>
          )}
        </div>
        <DayFacts live={isRunning ? trusted : null} day={isRunning ? null : answer} bars={bars} now={now} />
        {failure && (
          <p className="note" data-kind="warning" role="status">
            {failure.code === 'database.unreachable' ? t('drawer.noHistory') : errorText(t, failure)}
            <button type="button" className="tool" onClick={askAgain}>
              {t('retry')}
            </button>
          </p>
        )}
        {answer ? (
          <>
            <DayTimeline
              key={`${id} ${answer.businessDay.date}`}
              day={answer.businessDay}
              bars={bars}
              contacts={answer.contacts}
              gaps={gaps}
              sources={sources}
              now={answer.isRunning ? Math.min(now, answer.businessDay.endAt) : null}
              unwrittenSince={unwrittenSince}
              queueName={queueName}
              picked={picked}
              onPick={setPicked}
            />
            <DayContacts contacts={answer.contacts} queueName={queueName} picked={picked} onPick={setPicked} />
          </>
        ) : (
          isAsking && !failure && <p className="drawer__wait quiet">{t('drawer.reading')}</p>
        )}
      </div>
    </Drawer>
  );
}

function agentIn(tables: ChannelTables, id: string): AgentView | null {
  const row = tables.agents?.get(id);
  return row ? agentView(id, row) : null;
}

/** The state that goes on, with the call in hand. */
function AgentNow({
  agent,
  isWithheld,
  queueName,
}: {
  agent: AgentView;
  isWithheld: boolean;
  queueName: (id: string) => string;
}): ReactNode {
  const { t } = useTranslation();
  if (isWithheld) return <p className="agent-now agent-now--withheld">{NOTHING}</p>;
  const state = agentState(agent);
  const { presence, presenceReason, contactQueue, caller, queues, pausedIn } = agent;
  return (
    <div className="agent-now">
      <p className="agent-now__state">
        <span className="agent__swatch" data-state={state} aria-hidden="true" />
        <strong>{t(`agentState.${state}`)}</strong>
        <span className="agent-now__since">
          <Elapsed since={agentStateSince(agent)} />
        </span>
        {agent.isSuspect && <SuspectMark />}
        {hasPendingPresence(agent) && presence !== 'available' && (
          <span className="quiet">{t('floor.pending', { reason: t(`agentState.${presence}`) })}</span>
        )}
        {presence !== 'available' && presenceReason && <Given text={presenceReason} className="quiet" />}
      </p>
      {contactQueue !== null && (
        <p className="agent-now__line">
          <span className="quiet">{t('floor.contact')}</span>
          <Given text={queueName(contactQueue)} />
          {caller && <Given text={caller} className="quiet" />}
        </p>
      )}
      <p className="agent-now__line">
        <span className="quiet">{t('drawer.queues')}</span>
        <Given text={queues.length === 0 ? t('floor.noQueue') : queues.map(queueName).join('、')} />
        {presence === 'available' && pausedIn.length > 0 && (
          <Given text={t('floor.pausedIn', { queues: pausedIn.map(queueName).join('、') })} className="quiet" />
        )}
      </p>
    </div>
  );
}
