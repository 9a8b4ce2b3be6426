/** Why not, why over: in words. */
import type { TFunction } from 'i18next';
import type { BreakRequest } from '../../../shared/api-breaks.ts';
import { WHY_NOT, type WhyNot } from '../../../shared/breaks.ts';
import { CAUSES } from '../../../shared/command.ts';
import { codeOf, RequestFailed } from '../api.ts';
import { errorText } from '../error-text.ts';

export const whyText = (t: TFunction, why: WhyNot, noRestMs: number): string =>
  t(`breaks.why.${why}`, { minutes: Math.round(noRestMs / 60_000) });

export function causeText(t: TFunction, { cause }: Pick<BreakRequest, 'cause'>): string {
  const why = WHY_NOT.find((one) => one === cause);
  const known = CAUSES.find((one) => one === cause);
  if (why) return whyText(t, why, 0);
  if (known) return t(`acting.cause.${known}`);
  if (cause === 'tooOld' || cause === 'expired') return t(`breaks.cause.${cause}`);
  return t('breaks.cause.other', { cause: cause ?? '' });
}

/** A refusal by the rules says which. */
export function refusalText(t: TFunction, error: unknown, noRestMs: number): string {
  const told =
    codeOf(error) === 'break.notNow' && error instanceof RequestFailed ? error.issues[0]?.message : undefined;
  const why = WHY_NOT.find((one) => one === told);
  return why ? whyText(t, why, noRestMs) : errorText(t, error);
}
