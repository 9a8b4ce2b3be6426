/** Pages of contacts as one growing list. Pure. */
import type { Answer, Input } from '../api.ts';
import type { ContactListFilter } from './floor-address.ts';

const ADDRESS = 'GET /api/v1/sites/{site}/contacts';
export type ContactPage = Answer<typeof ADDRESS>;
export type ListedContact = ContactPage['contacts'][number];
export type CallBack = NonNullable<ListedContact['callBack']>;

export interface ContactList {
  readonly rows: readonly ListedContact[];
  /** Cursor of what follows; null at the end. */
  readonly next: string | null;
}

export const NOTHING_LISTED: ContactList = { rows: [], next: null };

export function queryOf(filter: ContactListFilter): NonNullable<Input<typeof ADDRESS>['query']> {
  const { date, queue, agent, outcomes, minWaitS, callBack } = filter;
  return {
    date: date ?? undefined,
    queue: queue ?? undefined,
    agent: agent ?? undefined,
    outcome: outcomes.length > 0 ? [...outcomes] : undefined,
    minWaitMs: minWaitS > 0 ? minWaitS * 1_000 : undefined,
    callBack: callBack.length > 0 ? [...callBack] : undefined,
  };
}

/** The page behind what is there. */
export function appended(list: ContactList, page: ContactPage): ContactList {
  const known = new Set(list.rows.map(({ id }) => id));
  return { rows: [...list.rows, ...page.contacts.filter(({ id }) => !known.has(id))], next: page.next };
}

/**
 * The first page again: newer rows on top, changed ones in their place, those that no longer fit gone; what lies behind
 * the page stays, unless the page is all there is.
 */
export function refreshed(list: ContactList, page: ContactPage): ContactList {
  const last = page.contacts.at(-1);
  if (page.next === null || !last) return { rows: page.contacts, next: page.next };
  const isBehind = ({ offeredAt, id }: ListedContact): boolean =>
    offeredAt < last.offeredAt || (offeredAt === last.offeredAt && id < last.id);
  const behind = list.rows.filter(isBehind);
  const before = new Map(list.rows.map((row) => [row.id, row]));
  // An unchanged row keeps its object, so that it is not drawn again.
  const rows = page.contacts.map((row) => {
    const known = before.get(row.id);
    return known && JSON.stringify(known) === JSON.stringify(row) ? known : row;
  });
  return { rows: [...rows, ...behind], next: behind.length > 0 ? list.next : page.next };
}

/** One row after a step. It stays in the list, even where the filter would no longer find it: it was just worked on. */
export const withCallBack = (list: ContactList, id: string, callBack: CallBack): ContactList => ({
  ...list,
  rows: list.rows.map((row) => (row.id === id ? { ...row, callBack } : row)),
});
