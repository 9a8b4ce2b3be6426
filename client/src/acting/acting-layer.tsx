import { type CSSProperties, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { agentView, type QueueView, queueView } from '../live/rows.ts';
import { useTables } from '../live/use-live.tsx';
import type { Opened } from './acting-store.ts';
import { ActionMenu } from './action-menu.tsx';
import { CommandToasts } from './command-toasts.tsx';
import { QueueJoin } from './queue-join.tsx';
import { TeamMessage } from './team-message.tsx';
import { useActingRefresh, useActingStore, useOpened } from './use-acting.ts';
import './acting.css';

const queuesOf = (tables: ChannelTables): readonly QueueView[] =>
  [...(tables.queues?.entries() ?? [])].map(([id, row]) => queueView(id, row));

/** The menu of one agent, or of one queue, and the words about what was asked. Once on a screen. */
export function ActingLayer(): ReactNode {
  useActingRefresh();
  const opened = useOpened();
  const queues = useTables('board', queuesOf);
  const names = useMemo(() => new Map(queues.map(({ id, name }) => [id, name])), [queues]);
  const queueName = useCallback((id: string) => names.get(id) ?? id, [names]);
  return (
    <>
      {opened && <MenuDialog key={`${opened.kind} ${opened.id}`} opened={opened} queues={queues} />}
      <CommandToasts queueName={queueName} />
    </>
  );
}

function MenuDialog({ opened, queues }: { opened: Opened; queues: readonly QueueView[] }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before anything in the dialog takes the focus.
  const [before] = useState(() => document.activeElement);
  const { kind, id } = opened;
  const agentOf = useCallback(
    (tables: ChannelTables) => {
      const row = kind === 'agent' ? tables.agents?.get(id) : undefined;
      return row ? agentView(id, row) : null;
    },
    [kind, id],
  );
  const agent = useTables('agents', agentOf);
  const queue = kind === 'queue' ? queues.find((one) => one.id === id) : undefined;
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    element?.querySelector<HTMLElement>('input, button:not([aria-disabled="true"])')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [before]);
  const close = () => store.open(null);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes every dialog.
    <dialog
      ref={dialog}
      className="act"
      aria-labelledby="act-title"
      style={{ '--x': `${opened.x}px`, '--y': `${opened.y}px` } as CSSProperties}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      {agent && <ActionMenu agent={agent} queues={queues} onDone={close} />}
      {queue && <QueueJoin queue={queue} onDone={close} />}
      {kind === 'team' && <TeamMessage team={id} onDone={close} />}
      {!agent && !queue && kind !== 'team' && (
        <h2 id="act-title" className="act__note">
          {t('floor.nothing')}
        </h2>
      )}
    </dialog>
  );
}
