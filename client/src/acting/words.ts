/** What was asked, and what became of it, in words. */
import type { TFunction } from 'i18next';
import { type Attempt, isUnderWay } from './acting-store.ts';
import { causeText } from './cause-text.ts';

/** `王伟：示忙（午餐）`. */
export function askedText(t: TFunction, { command, name, isUndo }: Attempt, queueName: (id: string) => string): string {
  const what = isUndo ? t('acting.undoOf', { what: t(`acting.name.${command.do}`) }) : t(`acting.name.${command.do}`);
  const queue = 'queue' in command && command.queue !== null ? queueName(command.queue) : '';
  const reason = isUndo || command.do !== 'pause' ? '' : command.reason;
  const text = command.do === 'message' ? command.text : '';
  const about = [queue, reason, text].filter(Boolean).join(' · ');
  return about === '' ? t('acting.asked', { name, what }) : t('acting.askedAbout', { name, what, about });
}

/** Never a success before the PBX has shown it. */
export function stateText(t: TFunction, attempt: Attempt): string {
  const { state, cause, code, command } = attempt;
  if (state === 'refused') return refusalText(t, code);
  if (state === 'failed') return causeText(t, command.do, cause ?? 'refused');
  if (command.do === 'message' && (state === 'confirmed' || state === 'unreachable'))
    return t(`acting.messageState.${state}`);
  return t(`acting.state.${state}`);
}

const REFUSALS = [
  'auth.forbidden',
  'agent.unknown',
  'command.notUndoable',
  'server.notReady',
  'database.unreachable',
  'request.tooMany',
  'request.invalid',
] as const;

function refusalText(t: TFunction, code: string | null): string {
  const known = REFUSALS.find((one) => one === code);
  if (known) return t(`acting.refusal.${known}`);
  return code?.startsWith('auth.') ? t('acting.refusal.auth') : t('acting.refusal.other', { code: code ?? '' });
}

export const toneOf = (attempt: Attempt): 'open' | 'good' | 'bad' =>
  isUnderWay(attempt) ? 'open' : attempt.state === 'confirmed' ? 'good' : 'bad';
