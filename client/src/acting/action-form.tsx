import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Do, MESSAGE_MAX_CHARS, type MonitorMode } from '../../../shared/command.ts';
import { useWho } from '../access/session.tsx';
import type { AgentView, QueueView } from '../live/rows.ts';
import type { Given } from './acting-store.ts';
import { ReasonField } from './reason-field.tsx';
import { useActingStore } from './use-acting.ts';

interface FormProps {
  readonly agent: AgentView;
  readonly queues: readonly QueueView[];
  readonly what: Do;
  readonly onBack: () => void;
  readonly onDone: () => void;
}

const ALL = '';
const MODES: readonly MonitorMode[] = ['listen', 'whisper', 'barge'];
const PHONE_KEY = 'floorcast.phone';
const NEEDS_REASON: readonly Do[] = ['pause', 'leave-queue', 'hang-up', 'monitor'];
const PHONE = '(?:(?:PJSIP|SIP|IAX2|SCCP)/)?[A-Za-z0-9][A-Za-z0-9_.\\-]{0,39}';

/** Asks for what a command still needs, and sends it. Closing it tells nothing: what was asked stands on the screen. */
export function ActionForm({ agent, queues, what, onBack, onDone }: FormProps): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const id = useId();
  const choices = queueChoices(what, agent, queues);
  // "All" would reach into queues that somebody of some queues does not see.
  const seesAllQueues = useWho()?.scope.queues === null;
  const hasAll = hasAllQueues(what) && seesAllQueues;
  const [wanted, setQueue] = useState(hasAll ? ALL : (choices[0]?.id ?? ALL));
  // Others act too: what is sent is what can still be chosen, and is shown.
  const isThere = wanted === ALL ? hasAll : choices.some((one) => one.id === wanted);
  const queue = isThere ? wanted : hasAll ? ALL : (choices[0]?.id ?? ALL);
  const [reason, setReason] = useState('');
  const [penalty, setPenalty] = useState('0');
  const [text, setText] = useState('');
  const [mode, setMode] = useState<MonitorMode>('listen');
  const [phone, setPhone] = useState(() => localStorage.getItem(PHONE_KEY) ?? '');
  // Which call it was when the form was opened: another one in its place is not the one that was meant.
  const [callBefore] = useState(() => callOf(agent));
  const isCallGone = (what === 'hang-up' || what === 'monitor') && callOf(agent) !== callBefore;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('select, input, button[type="submit"]')?.focus(), []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isCallGone) return;
    if (what === 'monitor') localStorage.setItem(PHONE_KEY, phone.trim());
    const given = commandOf(what, agent.id, {
      queue,
      reason: reason.trim(),
      penalty: Number(penalty),
      mode,
      phone,
      text,
    });
    void store.act(given, agent.name);
    onDone();
  };

  return (
    <form ref={form} className="act__form" onSubmit={submit}>
      {choices.length > 0 && (
        <label className="act__field">
          <span>{t('metric.queue')}</span>
          <select value={queue} onChange={({ target }) => setQueue(target.value)}>
            {hasAll && <option value={ALL}>{t('acting.allQueues')}</option>}
            {choices.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {(what === 'join-queue' || what === 'set-penalty') && (
        <label className="act__field">
          <span>{t('acting.penalty')}</span>
          <input
            type="number"
            min={0}
            max={100}
            step={1}
            required
            value={penalty}
            onChange={({ target }) => setPenalty(target.value)}
          />
        </label>
      )}
      {what === 'monitor' && (
        <>
          <fieldset className="act__modes">
            <legend>{t('acting.mode')}</legend>
            {MODES.map((one) => (
              <label key={one}>
                <input type="radio" name={`${id}mode`} checked={mode === one} onChange={() => setMode(one)} />
                <span>{t(`acting.modeName.${one}`)}</span>
                <span className="quiet">{t(`acting.modeHint.${one}`)}</span>
              </label>
            ))}
          </fieldset>
          <label className="act__field">
            <span>{t('acting.phone')}</span>
            <input
              required
              inputMode="text"
              autoComplete="off"
              pattern={PHONE}
              value={phone}
              placeholder="9001"
              aria-describedby={`${id}phone`}
              onChange={({ target }) => setPhone(target.value)}
            />
            <span id={`${id}phone`} className="quiet">
              {t('acting.phoneHint')}
            </span>
          </label>
        </>
      )}
      {what === 'message' && <MessageField value={text} onChange={setText} />}
      {NEEDS_REASON.includes(what) && <ReasonField isPause={what === 'pause'} value={reason} onChange={setReason} />}
      {isCallGone && (
        <p className="act__note" role="alert">
          {t('acting.callGone')}
        </p>
      )}
      <div className="act__buttons">
        <button type="button" className="tool" onClick={onBack}>
          {t('acting.back')}
        </button>
        <button type="submit" className="act__go" data-serious={what === 'hang-up'} aria-disabled={isCallGone}>
          {what === 'message' ? t('acting.send') : t(`acting.name.${what}`)}
        </button>
      </div>
    </form>
  );
}

/** The words, and who will stand before them. */
export function MessageField({ value, onChange }: { value: string; onChange: (text: string) => void }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const author = useWho()?.name ?? '';
  return (
    <label className="act__field">
      <span>{t('acting.messageText')}</span>
      <input
        required
        pattern=".*\S.*"
        maxLength={MESSAGE_MAX_CHARS}
        autoComplete="off"
        value={value}
        aria-describedby={`${id}hint`}
        onChange={({ target }) => onChange(target.value)}
      />
      <span id={`${id}hint`} className="quiet">
        {t('acting.messageHint', { name: author })}
      </span>
    </label>
  );
}

const callOf = ({ activity, contactQueue, caller }: AgentView): string =>
  activity === 'idle' ? '' : JSON.stringify([contactQueue, caller]);

const hasAllQueues = (what: Do): boolean => what === 'pause' || what === 'unpause';

/** Queues that the command can be about. */
function queueChoices(what: Do, agent: AgentView, queues: readonly QueueView[]): readonly QueueView[] {
  switch (what) {
    case 'pause':
      return queues.filter(({ id }) => agent.queues.includes(id) && !agent.pausedIn.includes(id));
    case 'unpause':
      return queues.filter(({ id }) => agent.pausedIn.includes(id));
    case 'join-queue':
      return queues.filter(({ id }) => !agent.queues.includes(id));
    case 'leave-queue':
    case 'set-penalty':
      return queues.filter(({ id }) => agent.queues.includes(id));
    default:
      return [];
  }
}

interface Filled {
  readonly queue: string;
  readonly reason: string;
  readonly penalty: number;
  readonly mode: MonitorMode;
  readonly phone: string;
  readonly text: string;
}

function commandOf(what: Do, agent: string, { queue, reason, penalty, mode, phone, text }: Filled): Given {
  switch (what) {
    case 'pause':
    case 'unpause':
      return { do: what, agent, queue: queue === ALL ? null : queue, reason };
    case 'join-queue':
    case 'set-penalty':
      return { do: what, agent, queue, penalty, reason };
    case 'leave-queue':
      return { do: what, agent, queue, reason };
    case 'hang-up':
      return { do: what, agent, call: null, reason };
    case 'message':
      return { do: what, agent, text: text.trim() };
    case 'monitor':
      return { do: what, agent, mode, phone: phone.trim(), reason };
  }
}
