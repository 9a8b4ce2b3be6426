import { type ReactNode, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { compareText } from '../i18n/order.ts';
import { type AgentView, agentView, type QueueView } from '../live/rows.ts';
import { useTables } from '../live/use-live.tsx';
import { Given } from '../ui/given.tsx';
import { useActing, useActingStore, useIsUnanswered } from './use-acting.ts';

const allAgents = (tables: ChannelTables): readonly AgentView[] =>
  [...(tables.agents?.entries() ?? [])].map(([id, row]) => agentView(id, row));

const MAX_SHOWN = 50;

/** Those who could help in a queue: at their desk and not in it; who is free now comes first. */
function candidates(agents: readonly AgentView[], queue: string, text: string): readonly AgentView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = agents.filter(({ id, name, presence, queues }) => {
    if (presence === 'signedOut' || queues.includes(queue)) return false;
    const haystack = `${id}\n${name}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
  return found.sort((a, b) => Number(b.canTakeCall) - Number(a.canTakeCall) || compareText(a.name, b.name));
}

/** Adds an agent to a queue that needs one. */
export function QueueJoin({ queue, onDone }: { queue: QueueView; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const store = useActingStore();
  const acting = useActing();
  const isUnanswered = useIsUnanswered();
  const agents = useTables('agents', allAgents);
  const [text, setText] = useState('');
  const found = useMemo(() => candidates(agents, queue.id, text), [agents, queue.id, text]);
  const isPossible = acting?.isAway === false && acting.can.includes('join-queue');
  return (
    <>
      <header className="act__head">
        <h2 id="act-title">
          <Given text={queue.name} />
        </h2>
        <p className="quiet">{t('acting.name.join-queue')}</p>
      </header>
      {acting === null && <p className="act__note">{t(isUnanswered ? 'acting.unanswered' : 'acting.asking')}</p>}
      {acting && !isPossible && (
        <p className="act__note">
          {acting.isAway ? t('acting.away') : t('acting.hindrance.lacks', { what: acting.lacks.join(', ') })}
        </p>
      )}
      <div className="act__form">
        <label className="act__field" htmlFor={id}>
          <span>{t('acting.who')}</span>
          <input id={id} type="search" value={text} onChange={({ target }) => setText(target.value)} />
        </label>
      </div>
      <ul className="act__group act__people">
        {found.slice(0, MAX_SHOWN).map((agent) => (
          <li key={agent.id}>
            <button
              type="button"
              className="act__item act__person"
              aria-disabled={!isPossible}
              onClick={() => {
                if (!isPossible) return;
                void store.act(
                  { do: 'join-queue', agent: agent.id, queue: queue.id, penalty: 0, reason: '' },
                  agent.name,
                );
                onDone();
              }}
            >
              <Given text={agent.name} />
              <span className="act__why">{agent.canTakeCall ? t('agentState.free') : ''}</span>
            </button>
          </li>
        ))}
        {found.length === 0 && <li className="act__note">{t('floor.nothing')}</li>}
      </ul>
    </>
  );
}
