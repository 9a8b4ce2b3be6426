/** Why a command failed, in words. Pure. */
import type { TFunction } from 'i18next';
import type { Cause, Do } from '../../../shared/command.ts';

/** Causes that are of the agent's phone, where other commands have them of the asker's; and nothing to look at afterwards. */
const OF_MESSAGES = ['phone.unreachable', 'outcome.unknown', 'source.away'] as const;

export function causeText(t: TFunction, what: Do, cause: Cause): string {
  const ofMessage = what === 'message' && OF_MESSAGES.find((one) => one === cause);
  return ofMessage ? t(`acting.messageCause.${ofMessage}`) : t(`acting.cause.${cause}`);
}
