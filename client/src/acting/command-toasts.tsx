import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Attempt, isUnderWay } from './acting-store.ts';
import { ToneMark } from './tone-mark.tsx';
import { useActingStore, useAttempts } from './use-acting.ts';
import { askedText, stateText, toneOf } from './words.ts';

/** What was asked last, with what is known of it, and the way back while there is one. */
export function CommandToasts({ queueName }: { queueName: (id: string) => string }): ReactNode {
  const { t } = useTranslation();
  const { attempts, now } = useAttempts();
  return (
    <section className="toasts" aria-label={t('acting.asks')} aria-live="polite">
      {attempts.slice(-4).map((attempt) => (
        <Toast key={attempt.command.id} attempt={attempt} now={now} queueName={queueName} />
      ))}
    </section>
  );
}

function Toast({
  attempt,
  now,
  queueName,
}: {
  attempt: Attempt;
  now: number;
  queueName: (id: string) => string;
}): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const tone = toneOf(attempt);
  const leftMs = (attempt.undoUntil ?? 0) - now;
  const seconds = Math.ceil(leftMs / 1_000);
  return (
    <div className="toast" data-tone={tone}>
      <ToneMark tone={tone} />
      <p className="toast__text">
        <bdi>{askedText(t, attempt, queueName)}</bdi>
        <span className="toast__state">{stateText(t, attempt)}</span>
        {attempt.detail && <bdi className="toast__state">{attempt.detail}</bdi>}
      </p>
      {!attempt.isUndo && seconds > 0 && (
        <button type="button" className="tool toast__undo" onClick={() => void store.undo(attempt)}>
          {t('acting.undo')} <span aria-hidden="true">{seconds}</span>
        </button>
      )}
      {!isUnderWay(attempt) && (
        <button
          type="button"
          className="tool toast__close"
          aria-label={t('floor.close')}
          onClick={() => store.dismiss(attempt.command.id)}
        >
          <ToneMark tone="bad" />
        </button>
      )}
    </div>
  );
}
