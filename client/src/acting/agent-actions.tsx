import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentView, QueueView } from '../live/rows.ts';
import { Button } from '../ui/button.tsx';
import { UndoButton } from './command-toasts.tsx';
import { ToneMark } from './tone-mark.tsx';
import { useActingStore, useAttemptOf, useMayAct, useMayAdd, useMayDo } from './use-acting.ts';
import { stateText, toneOf } from './words.ts';
import './acting.css';

interface AgentActionsProps {
  readonly agent: AgentView;
  /** In a row of a table there is room for a mark only; elsewhere what was asked last stands beside the button. */
  readonly isInRow?: boolean;
}

/** Opens what can be done with an agent. Nothing for those who may do nothing. */
export function AgentActions({ agent, isInRow = false }: AgentActionsProps): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const mayAct = useMayAct();
  if (!mayAct) return null;
  const name = t('acting.actionsOf', { name: agent.name });
  const open = (event: MouseEvent): void => {
    event.stopPropagation();
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    store.open({ kind: 'agent', id: agent.id, x: left, y: bottom });
  };
  if (isInRow) {
    return (
      <button type="button" className="act-open" aria-haspopup="dialog" aria-label={name} title={name} onClick={open}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <g fill="currentColor">
            <circle cx="3" cy="8" r="1.400" />
            <circle cx="8" cy="8" r="1.400" />
            <circle cx="13" cy="8" r="1.400" />
          </g>
        </svg>
      </button>
    );
  }
  return (
    <div className="agent-actions">
      <Button aria-haspopup="dialog" aria-label={name} onClick={open}>
        {t('acting.actions')}
      </Button>
      <LastAsked agent={agent.id} />
    </div>
  );
}

function LastAsked({ agent }: { agent: string }): ReactNode {
  const { t } = useTranslation();
  const attempt = useAttemptOf(agent);
  if (attempt === null) return null;
  const tone = toneOf(attempt);
  return (
    <p className="command-mark" data-tone={tone} role="status">
      <ToneMark tone={tone} />
      <span>
        {t(`acting.name.${attempt.command.do}`)}: {stateText(t, attempt)}
      </span>
      <UndoButton attempt={attempt} />
    </p>
  );
}

/** Opens the list of those who could be added to a queue. Nothing for those who may not add anybody. */
export function QueueActions({ queue }: { queue: QueueView }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  if (!useMayAdd()(queue.id)) return null;
  return (
    <button
      type="button"
      className="tool"
      aria-haspopup="dialog"
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        store.open({ kind: 'queue', id: queue.id, x: left, y: bottom });
      }}
    >
      {t('acting.addAgent')}
    </button>
  );
}

/** Opens the message to everybody of a team. Nothing for those who may not send any. */
export function TeamActions({ team }: { team: string }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  if (!useMayDo()('message', team)) return null;
  const name = t('acting.messageTeam', { team });
  return (
    <button
      type="button"
      className="tool tool--group"
      aria-haspopup="dialog"
      aria-label={name}
      title={name}
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        store.open({ kind: 'team', id: team, x: left, y: bottom });
      }}
    >
      {t('acting.name.message')}
    </button>
  );
}

/** What this screen asked of an agent, until it is shown by the agent's own state. */
export function CommandMark({ agent }: { agent: string }): ReactNode {
  const { t } = useTranslation();
  const attempt = useAttemptOf(agent);
  if (attempt === null) return null;
  const tone = toneOf(attempt);
  const text = `${t(`acting.name.${attempt.command.do}`)}: ${stateText(t, attempt)}`;
  return (
    <span className="command-mark" data-tone={tone} role="img" aria-label={text} title={text}>
      <ToneMark tone={tone} />
      {tone === 'open' && <span>{t(`acting.name.${attempt.command.do}`)}…</span>}
    </span>
  );
}
