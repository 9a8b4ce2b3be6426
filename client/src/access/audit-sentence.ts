/** An act as a sentence. Pure. */
import type { TFunction } from 'i18next';
import type { AuditEntry } from '../../../shared/api-access.ts';
import { CAUSES, DOES } from '../../../shared/command.ts';
import { causeText } from '../acting/cause-text.ts';

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
  'command.asked',
  'command.failed',
  'agent.paused',
  'agent.unpaused',
  'agent.queueJoined',
  'agent.queueLeft',
  'agent.penaltySet',
  'call.hungUp',
  'call.monitored',
  'agent.messaged',
  'notice.created',
  'notice.takenBack',
  'callBack.changed',
  'break.requested',
  'break.granted',
  'break.refused',
  'break.withdrawn',
  'break.expired',
  'break.started',
  'break.failed',
  'break.endAsked',
  'break.endFailed',
  'break.ended',
  'breakSettings.changed',
  'screen.paired',
  'screen.changed',
  'screen.revoked',
  'screen.identified',
  'screen.reloaded',
  'screen.blanked',
  'screen.unblanked',
  'board.created',
  'board.changed',
  'board.published',
  'board.rolledBack',
  'board.deleted',
] as const;

/** Characters for private use: if a name held one, it would only be told in two parts. */
const WHO = '\ue000';
const SUBJECT = '\ue001';

type Told = Pick<AuditEntry, 'act' | 'who' | 'subject' | 'after'>;

export function sentenceOf(t: TFunction, entry: Told): readonly Part[] {
  const command = commandOf(entry);
  const what = DOES.find((one) => one === command.do);
  const blanks = {
    who: WHO,
    subject: SUBJECT,
    what: what ? t(`acting.name.${what}`) : '',
    cause: failureText(t, command),
  };
  const known = ACTS.find((act) => act === entry.act);
  const sentence = known ? t(`access.act.${known}`, blanks) : t('access.act.other', { ...blanks, act: entry.act });
  const names: Record<string, string> = {
    [WHO]: entry.who.name || t('access.act.nobody'),
    [SUBJECT]: typeof command.name === 'string' && command.name !== '' ? command.name : entry.subject,
  };
  return sentence
    .split(/([\ue000\ue001])/)
    .filter((part) => part !== '')
    .map((part) => ({ text: names[part] ?? part, isName: part in names }));
}

/** What of an act on a PBX stands in its sentence already. */
export const isSaid = (entry: Pick<AuditEntry, 'act' | 'after'>, path: string): boolean =>
  'do' in commandOf(entry) && ['do', 'name', 'state', 'cause', 'undoes', 'floor.name'].includes(path);

function failureText(t: TFunction, { do: asked, state, cause }: Readonly<Record<string, unknown>>): string {
  if (state === 'expired') return t('acting.state.expired');
  const known = CAUSES.find((one) => one === cause);
  const what = DOES.find((one) => one === asked) ?? 'pause';
  return known ? causeText(t, what, known) : String(cause ?? '');
}

/** What acts on a PBX tell of themselves; of other acts nothing. */
function commandOf({ act, after }: Pick<AuditEntry, 'act' | 'after'>): Readonly<Record<string, unknown>> {
  const isOfCommand = /^(?:command|call|break)\.|^agent\.(?:paused|unpaused|queue|penalty|messaged)/.test(act);
  return isOfCommand && typeof after === 'object' && after !== null ? (after as Record<string, unknown>) : {};
}

export const sentenceText = (t: TFunction, entry: Told): string =>
  sentenceOf(t, entry)
    .map(({ text }) => text)
    .join('');

/** Reasons that the server gives in words of its own. */
const REFUSALS = ['password', 'code', 'inactive'] as const;

export function reasonOf(t: TFunction, entry: Pick<AuditEntry, 'act' | 'reason' | 'after'>): string | null {
  const { act, reason } = entry;
  if ('undoes' in commandOf(entry)) return t('acting.undo');
  const refusal = act === 'session.refused' && REFUSALS.find((one) => one === reason);
  return refusal ? t(`access.refusal.${refusal}`) : reason;
}
