import { type FormEvent, type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { agentView } from '../live/rows.ts';
import { useTables } from '../live/use-live.tsx';
import { Given } from '../ui/given.tsx';
import { MessageField } from './action-form.tsx';
import { useActing, useActingStore, useIsUnanswered } from './use-acting.ts';

/** As text, so that it changes only with its content: agents change with every call. */
const people = (tables: ChannelTables): string =>
  JSON.stringify(
    [...(tables.agents?.entries() ?? [])].map(([id, row]) => {
      const { name, team, presence } = agentView(id, row);
      return { id, name, team, isIn: presence !== 'signedOut' };
    }),
  );

interface Member {
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
  readonly isIn: boolean;
}

/** One message to everybody of a team who is signed in; what becomes of each stands on the screen afterwards. */
export function TeamMessage({ team, onDone }: { team: string; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const acting = useActing();
  const isUnanswered = useIsUnanswered();
  const known = useTables('agents', people);
  const members = useMemo(() => (JSON.parse(known) as Member[]).filter((one) => one.team === team), [known, team]);
  const present = members.filter(({ isIn }) => isIn);
  const [text, setText] = useState('');
  const hindrance =
    acting === null
      ? t(isUnanswered ? 'acting.unanswered' : 'acting.asking')
      : acting.isAway
        ? t('acting.away')
        : !acting.can.includes('message')
          ? t('acting.hindrance.lacks', { what: acting.lacks.join(', ') })
          : null;
  const isIdle = hindrance !== null || present.length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isIdle) return;
    void store.actOnAll(present, team, (agent) => ({ do: 'message', agent, text: text.trim() }));
    onDone();
  };
  return (
    <>
      <header className="act__head">
        <h2 id="act-title">
          <Given text={team} />
        </h2>
        <p className="quiet">{t('acting.name.message')}</p>
      </header>
      <form className="act__form" onSubmit={submit}>
        <p className="quiet">
          {t('acting.teamReach', { count: present.length })}
          {members.length > present.length && ` ${t('acting.teamLeftOut', { count: members.length - present.length })}`}
        </p>
        <MessageField value={text} onChange={setText} />
        {hindrance !== null && (
          <p className="act__note" role="status">
            {hindrance}
          </p>
        )}
        <div className="act__buttons">
          <button type="button" className="tool" onClick={onDone}>
            {t('floor.close')}
          </button>
          <button type="submit" className="act__go" aria-disabled={isIdle}>
            {t('acting.send')}
          </button>
        </div>
      </form>
    </>
  );
}
