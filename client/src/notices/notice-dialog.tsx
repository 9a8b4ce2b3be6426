import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NOTICE_LEVELS, NOTICE_MAX_CHARS, type Notice, type NoticeLevel } from '../../../shared/api-notices.ts';
import type { ChannelTables } from '../../../shared/delta.ts';
import type { Scope } from '../../../shared/policy.ts';
import { useMay, useWho } from '../access/session.tsx';
import { errorText } from '../error-text.ts';
import { compareText } from '../i18n/order.ts';
import { agentView, type QueueView } from '../live/rows.ts';
import { useLive, useTables } from '../live/use-live.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, FormError } from '../ui/field.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { newUuid } from '../uuid.ts';
import { NoticeFacts } from './floor-notices.tsx';
import { createNotice, takeBackNotice } from './notice-api.ts';
import { useNoticeStore, useNotices } from './use-notices.ts';
import { NoticeWords } from './wall-notices.tsx';

const MINUTES = [15, 30, 60, 120, 240, 480] as const;
const EVERYBODY = 'everybody';

/** As text, so that it changes only with its content: agents change with every call. */
const teamsOf = (tables: ChannelTables): string =>
  JSON.stringify(
    [...new Set([...(tables.agents?.entries() ?? [])].flatMap(([id, row]) => agentView(id, row).team ?? []))].sort(
      compareText,
    ),
  );

interface NoticeDialogProps {
  readonly queues: readonly QueueView[];
  readonly queueName: (id: string) => string;
  readonly onClose: () => void;
}

/** The notices that stand, and the form for another one. */
export function NoticeDialog({ queues, queueName, onClose }: NoticeDialogProps): ReactNode {
  const { t } = useTranslation();
  const { site } = useLive();
  const notices = useNotices();
  const canWrite = useMay()('message.send', { site });
  return (
    <Dialog title={t('notice.title')} onClose={onClose}>
      {canWrite && <NoticeForm queues={queues} onDone={onClose} />}
      <ul className="notice-list" aria-label={t('notice.standing')}>
        {notices.map((notice) => (
          <Standing key={notice.id} notice={notice} queueName={queueName} />
        ))}
        {notices.length === 0 && <li className="notice-facts">{t('notice.none')}</li>}
      </ul>
    </Dialog>
  );
}

function Standing({ notice, queueName }: { notice: Notice; queueName: (id: string) => string }): ReactNode {
  const { t } = useTranslation();
  const { site } = useLive();
  const store = useNoticeStore();
  const { isBusy, error, submit } = useSubmit(async () => {
    await takeBackNotice(site, notice.id);
    await store.refresh();
  });
  return (
    <li className="notice-item" data-level={notice.level}>
      <span className="notice-item__text">
        <NoticeWords notice={notice} />
        <NoticeFacts notice={notice} queueName={queueName} />
      </span>
      {notice.canTakeBack && (
        <Button isBusy={isBusy} aria-label={t('notice.takeBackOf', { text: notice.text })} onClick={submit}>
          {t('notice.takeBack')}
        </Button>
      )}
      <FormError>{error !== null && errorText(t, error)}</FormError>
    </li>
  );
}

function NoticeForm({ queues, onDone }: { queues: readonly QueueView[]; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const { site } = useLive();
  const store = useNoticeStore();
  const scope = useWho()?.scope;
  const seesAgents = useMay()('agents.view', { site });
  const teamKey = useTables(seesAgents ? 'agents' : 'board', teamsOf);
  const teams = useMemo(() => JSON.parse(teamKey) as string[], [teamKey]);
  const [text, setText] = useState('');
  const [level, setLevel] = useState<NoticeLevel>('info');
  const [minutes, setMinutes] = useState<number>(60);
  const [whom, setWhom] = useState(EVERYBODY);
  // The same until it is through: a repeated attempt is the same notice.
  const [id] = useState(() => newUuid((bytes) => crypto.getRandomValues(bytes)));
  const { isBusy, error, submit } = useSubmit(async () => {
    await createNotice(site, { id, text: tidy(text), level, minutes, ...reachOf(whom, scope) });
    await store.refresh();
    onDone();
  });
  const isWhole = !scope || (scope.queues === null && scope.teams === null);
  return (
    <form className="form notice-form" onSubmit={submit}>
      <Field label={t('notice.text')} hint={t('notice.textHint')}>
        {(control) => (
          <textarea
            {...control}
            className="input notice-form__text"
            required
            rows={2}
            maxLength={NOTICE_MAX_CHARS}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <div className="notice-form__row">
        <Field label={t('notice.whom')}>
          {(control) => (
            <select {...control} className="input" value={whom} onChange={({ target }) => setWhom(target.value)}>
              <option value={EVERYBODY}>{t(isWhole ? 'notice.wholeSite' : 'notice.allMine')}</option>
              {teams.length > 0 && (
                <optgroup label={t('notice.teams')}>
                  {teams.map((team) => (
                    <option key={team} value={`team ${team}`}>
                      {team}
                    </option>
                  ))}
                </optgroup>
              )}
              <optgroup label={t('floor.queues')}>
                {queues.map((queue) => (
                  <option key={queue.id} value={`queue ${queue.id}`}>
                    {queue.name}
                  </option>
                ))}
              </optgroup>
            </select>
          )}
        </Field>
        <Field label={t('notice.lasts')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={minutes}
              onChange={({ target }) => setMinutes(Number(target.value))}
            >
              {MINUTES.map((one) => (
                <option key={one} value={one}>
                  {one < 60 ? t('notice.minutes', { count: one }) : t('notice.hours', { count: one / 60 })}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('notice.levelLabel')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={level}
              onChange={({ target }) => setLevel(NOTICE_LEVELS.find((one) => one === target.value) ?? 'info')}
            >
              {NOTICE_LEVELS.map((one) => (
                <option key={one} value={one}>
                  {t(`notice.level.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <div className="notice-form__buttons">
        <Button onClick={onDone}>{t('access.form.cancel')}</Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {t('notice.show')}
        </Button>
      </div>
    </form>
  );
}

/** Two lines at most, as the server takes them. */
function tidy(text: string): string {
  const [first = '', ...rest] = text
    .split(/\s*[\r\n]+\s*/)
    .map((line) => line.trim())
    .filter(Boolean);
  return rest.length === 0 ? first : `${first}\n${rest.join(' ')}`;
}

/** Within what the author sees: the server refuses more. */
function reachOf(whom: string, scope: Scope | undefined): Pick<Notice, 'queues' | 'teams'> {
  const mine = { queues: scope?.queues ?? null, teams: scope?.teams ?? null };
  if (whom.startsWith('team ')) return { ...mine, teams: [whom.slice('team '.length)] };
  return whom.startsWith('queue ') ? { ...mine, queues: [whom.slice('queue '.length)] } : mine;
}
