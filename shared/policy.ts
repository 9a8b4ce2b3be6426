/**
 * Who may see and do what: one pure rule for server and client. The server decides, the client only hides what would be
 * refused. A right says what kind of thing, a scope says where; both must hold.
 */
import { z } from 'zod';
import type { Channel } from './view.ts';

export const ROLES = ['viewer', 'teamLead', 'supervisor', 'analyst', 'manager', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/**
 * - `numbers.view`: queues, totals, trends: nobody is named. `agents.view`: who is in which state. `contacts.view`: single
 *   contacts, callers masked. `caller.reveal`: a caller's whole number; every look is in the audit log. `contact.callBack`:
 *   claim the calls back of lost callers.
 * - `agent.control`: pause, sign in and out of queues, penalty. `call.monitor`: listen, whisper, barge. `call.hangUp`.
 * - `message.send`: notices and messages. `break.grant`: the break desk.
 * - `board.edit`: drafts of boards, `board.publish`: what walls show. `screen.manage`: the fleet of TVs.
 * - `integrity.view`, `settings.view`, `settings.change`, `audit.view`, `people.manage`, `token.manage`.
 */
export const RIGHTS = [
  'numbers.view',
  'agents.view',
  'contacts.view',
  'caller.reveal',
  'contact.callBack',
  'agent.control',
  'call.monitor',
  'call.hangUp',
  'message.send',
  'break.grant',
  'board.edit',
  'board.publish',
  'screen.manage',
  'integrity.view',
  'settings.view',
  'settings.change',
  'audit.view',
  'people.manage',
  'token.manage',
] as const;
export type Right = (typeof RIGHTS)[number];

const VIEWER: readonly Right[] = ['numbers.view'];
const TEAM_LEAD: readonly Right[] = [
  ...VIEWER,
  'agents.view',
  'contacts.view',
  'contact.callBack',
  'agent.control',
  'message.send',
  'break.grant',
  'settings.view',
];
const SUPERVISOR: readonly Right[] = [
  ...TEAM_LEAD,
  'caller.reveal',
  'call.monitor',
  'call.hangUp',
  'board.edit',
  'screen.manage',
  'integrity.view',
];
const ANALYST: readonly Right[] = [
  ...VIEWER,
  'agents.view',
  'contacts.view',
  'board.edit',
  'integrity.view',
  'settings.view',
];
const MANAGER: readonly Right[] = [...SUPERVISOR, 'board.publish', 'settings.change', 'audit.view'];

export const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  viewer: VIEWER,
  teamLead: TEAM_LEAD,
  supervisor: SUPERVISOR,
  analyst: ANALYST,
  manager: MANAGER,
  administrator: RIGHTS,
};

/** A TV reads numbers and nothing else, whoever paired it. */
export const SCREEN_RIGHTS: readonly Right[] = ['numbers.view'];

const names = z.array(z.string().min(1).max(256)).max(1_000).nullable();

/** Null: all of them, also those that come later. An empty list: none. */
export const scopeSchema = z.strictObject({ sites: names, queues: names, teams: names });
export type Scope = z.infer<typeof scopeSchema>;

export const EVERYWHERE: Scope = Object.freeze({ sites: null, queues: null, teams: null });

/** Whoever asks: a person, a token, a TV, or anybody while the installation is not set up yet. */
export interface Subject {
  readonly kind: 'person' | 'token' | 'screen' | 'anybody';
  /** Stable; `''` for anybody. */
  readonly id: string;
  /** For the audit log. */
  readonly name: string;
  readonly rights: readonly Right[];
  readonly scope: Scope;
}

/** What is acted on; what is left out is not asked about. A team of null is "in no team": only who sees all teams may. */
export interface Where {
  readonly site?: string;
  readonly queue?: string;
  readonly team?: string | null;
}

export function may({ rights, scope }: Subject, right: Right, where: Where = {}): boolean {
  return (
    rights.includes(right) &&
    isWithin(scope.sites, where.site) &&
    isWithin(scope.queues, where.queue) &&
    isWithin(scope.teams, where.team)
  );
}

const isWithin = (allowed: readonly string[] | null, name: string | null | undefined): boolean =>
  allowed === null || name === undefined || (name !== null && allowed.includes(name));

const RIGHT_OF_CHANNEL: Readonly<Record<Channel, Right>> = {
  board: 'numbers.view',
  counts: 'numbers.view',
  agents: 'agents.view',
  integrity: 'integrity.view',
};

/** Anomalies and corrections name queues and agents of anywhere, so they are for those alone who see the whole site. */
export const mayJoin = (subject: Subject, site: string, channel: Channel): boolean =>
  may(subject, RIGHT_OF_CHANNEL[channel], { site }) && (channel !== 'integrity' || isWhole(viewOf(subject)));

/** Whether the site exists for the subject at all; one out of scope does not. */
export const seesSite = ({ scope }: Pick<Subject, 'scope'>, site: string): boolean => isWithin(scope.sites, site);

/** What of a site somebody sees. Null: all of that kind. */
export type View = Pick<Scope, 'queues' | 'teams'>;

export const viewOf = ({ scope: { queues, teams } }: Subject): View => ({ queues, teams });

export const isWhole = ({ queues, teams }: View): boolean => queues === null && teams === null;

/** Equal for views that show the same. */
export const viewKey = ({ queues, teams }: View): string =>
  JSON.stringify([queues && [...new Set(queues)].sort(), teams && [...new Set(teams)].sort()]);

/** True where nobody can be given what the giver has not: neither a right nor a place. */
export function covers(giver: Pick<Subject, 'rights' | 'scope'>, given: Pick<Subject, 'rights' | 'scope'>): boolean {
  const reaches = (mine: readonly string[] | null, theirs: readonly string[] | null): boolean =>
    mine === null || theirs?.every((name) => mine.includes(name)) === true;
  return (
    given.rights.every((right) => giver.rights.includes(right)) &&
    reaches(giver.scope.sites, given.scope.sites) &&
    reaches(giver.scope.queues, given.scope.queues) &&
    reaches(giver.scope.teams, given.scope.teams)
  );
}
