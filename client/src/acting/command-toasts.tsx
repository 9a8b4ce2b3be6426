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
      {roundsOf(attempts).map((ofRound) => (
        <RoundToast key={ofRound[0].round?.id} attempts={ofRound} />
      ))}
      {attempts
        .filter(({ round }) => round === null)
        .slice(-4)
        .map((attempt) => (
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

type OfRound = readonly [Attempt, ...Attempt[]];

function roundsOf(attempts: readonly Attempt[]): readonly OfRound[] {
  const found = new Map<string, [Attempt, ...Attempt[]]>();
  for (const attempt of attempts) {
    if (attempt.round === null) continue;
    const known = found.get(attempt.round.id);
    if (known) known.push(attempt);
    else found.set(attempt.round.id, [attempt]);
  }
  return [...found.values()].slice(-2);
}

/** How many of many were reached, and each who was not, with the reason. */
function RoundToast({ attempts }: { attempts: OfRound }): ReactNode {
  const { t } = useTranslation();
  const store = useActingStore();
  const [{ round, command }] = attempts;
  const open = attempts.filter(isUnderWay).length;
  const taken = attempts.filter(({ state }) => state === 'confirmed').length;
  const missed = attempts.filter((attempt) => toneOf(attempt) === 'bad');
  const tone = open > 0 ? 'open' : missed.length > 0 ? 'bad' : 'good';
  return (
    <div className="command-toast" data-tone={tone}>
      <ToneMark tone={tone} />
      <div className="command-toast__text">
        <bdi>{t('acting.asked', { name: round?.name ?? '', what: t(`acting.name.${command.do}`) })}</bdi>
        <span className="command-toast__state">
          {t('acting.roundTaken', { taken, total: attempts.length })}
          {open > 0 && ` ${t('acting.roundOpen', { count: open })}`}
        </span>
        {missed.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list must be scrollable by keyboard.
          <ul className="command-toast__missed" tabIndex={0} aria-label={t('acting.roundMissed')}>
            {missed.map((attempt) => (
              <li key={attempt.command.id}>
                <bdi>{t('acting.asked', { name: attempt.name, what: stateText(t, attempt) })}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
      {open === 0 && (
        <button
          type="button"
          className="tool command-toast__close"
          aria-label={t('floor.close')}
          onClick={() => store.dismissRound(round?.id ?? '')}
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
