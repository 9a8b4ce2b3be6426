/** An act as a sentence. Pure. */
import type { TFunction } from 'i18next';
import type { AuditEntry } from '../../../shared/api-access.ts';

export interface Part {
  readonly text: string;
  /** A name from outside: it keeps its direction to itself. */
  readonly isName: boolean;
}

/** Acts that have a sentence of their own; any other is told by its name. */
export const ACTS = [
  'installation.setUp',
  'session.opened',
  'session.closed',
  'session.refused',
  'sessions.closed',
  'sessions.ended',
  'person.created',
  'person.changed',
  'person.passwordChanged',
  'person.totpSwitchedOn',
  'person.totpSwitchedOff',
  'token.created',
  'token.revoked',
  'queue.configured',
  'agent.configured',
  'caller.revealed',
  'callBack.changed',
  'screen.paired',
  'screen.changed',
  'screen.revoked',
  'screen.identified',
  'screen.reloaded',
  'screen.blanked',
  'screen.unblanked',
] as const;

/** Characters for private use: if a name held one, it would only be told in two parts. */
const WHO = '\ue000';
const SUBJECT = '\ue001';

export function sentenceOf(t: TFunction, entry: Pick<AuditEntry, 'act' | 'who' | 'subject'>): readonly Part[] {
  const blanks = { who: WHO, subject: SUBJECT };
  const known = ACTS.find((act) => act === entry.act);
  const sentence = known ? t(`access.act.${known}`, blanks) : t('access.act.other', { ...blanks, act: entry.act });
  const names: Record<string, string> = {
    [WHO]: entry.who.name || t('access.act.nobody'),
    [SUBJECT]: entry.subject,
  };
  return sentence
    .split(/([\ue000\ue001])/)
    .filter((part) => part !== '')
    .map((part) => ({ text: names[part] ?? part, isName: part in names }));
}

export const sentenceText = (t: TFunction, entry: Pick<AuditEntry, 'act' | 'who' | 'subject'>): string =>
  sentenceOf(t, entry)
    .map(({ text }) => text)
    .join('');

/** Reasons that the server gives in words of its own. */
const REFUSALS = ['password', 'code', 'inactive'] as const;

export function reasonOf(t: TFunction, { act, reason }: Pick<AuditEntry, 'act' | 'reason'>): string | null {
  const refusal = act === 'session.refused' && REFUSALS.find((one) => one === reason);
  return refusal ? t(`access.refusal.${refusal}`) : reason;
}
