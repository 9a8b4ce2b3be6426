import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useServerNow } from '../live/use-live.tsx';
import { type Attempt, isUnderWay } from './acting-store.ts';
import { ToneMark } from './tone-mark.tsx';
import { useActingStore, useAttempts } from './use-acting.ts';
import { askedText, stateText, toneOf } from './words.ts';

/** What was asked last, with what is known of it, and the way back while there is one. */
export function CommandToasts({ queueName }: { queueName: (id: string) => string }): ReactNode {
  const { t } = useTranslation();
  const attempts = useAttempts();
  return (
    <section className="command-toasts" aria-label={t('acting.asks')} aria-live="polite">
      {attempts.slice(-4).map((attempt) => (
        <Toast key={attempt.command.id} attempt={attempt} queueName={queueName} />
      ))}
    </section>
  );
}

function Toast({ attempt, queueName }: { attempt: Attempt; queueName: (id: string) => string }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const tone = toneOf(attempt);
  return (
    <div className="command-toast" data-tone={tone}>
      <ToneMark tone={tone} />
      <p className="command-toast__text">
        <bdi>{askedText(t, attempt, queueName)}</bdi>
        <span className="command-toast__state">{stateText(t, attempt)}</span>
        {attempt.detail && <bdi className="command-toast__state">{attempt.detail}</bdi>}
      </p>
      <UndoButton attempt={attempt} />
      {!isUnderWay(attempt) && (
        <button
          type="button"
          className="tool command-toast__close"
          aria-label={t('floor.close')}
          onClick={() => store.dismiss(attempt.command.id)}
        >
          <ToneMark tone="bad" />
        </button>
      )}
    </div>
  );
}

/** Counts down to when there is no way back any more. */
export function UndoButton({ attempt }: { attempt: Attempt }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const leftMs = (attempt.undoUntil ?? 0) - useServerNow();
  if (attempt.isUndo || leftMs <= 0) return null;
  return (
    <button type="button" className="tool command-undo" onClick={() => void store.undo(attempt)}>
      {t('acting.undo')} <span aria-hidden="true">{Math.ceil(leftMs / 1_000)}</span>
    </button>
  );
}
