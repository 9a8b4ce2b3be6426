import { useCallback, useEffect, useRef, useState } from 'react';
import { RequestFailed, request } from '../api.ts';
import { useLive } from '../live/use-live.tsx';
import {
  appended,
  type CallBack,
  type ContactList,
  type ContactPage,
  NOTHING_LISTED,
  queryOf,
  refreshed,
  withCallBack,
} from './contact-pages.ts';
import type { ContactListFilter } from './floor-address.ts';

const PAGE = 100;
const MOST_OF_PAGE = 200;
/** Others claim meanwhile. */
const AGAIN_MS = 10_000;

export interface Contacts extends ContactList {
  /** Of the running day or of the one that was asked for; null before the first answer. */
  readonly businessDay: string | null;
  readonly failure: RequestFailed | null;
  /** The first page of this filter has not come yet. */
  readonly isStarting: boolean;
  readonly more: () => void;
  readonly refresh: () => void;
  readonly put: (id: string, callBack: CallBack) => void;
}

interface State {
  readonly key: string;
  readonly list: ContactList;
  readonly businessDay: string | null;
  readonly failure: RequestFailed | null;
  readonly isStarting: boolean;
}

const startOf = (key: string): State => ({
  key,
  list: NOTHING_LISTED,
  businessDay: null,
  failure: null,
  isStarting: true,
});

/** Contacts by filter: the first page at once and again every few seconds, what lies behind as it is asked for. */
export function useContacts(filter: ContactListFilter): Contacts {
  const { site } = useLive();
  const key = JSON.stringify([site, filter]);
  const [known, setKnown] = useState(() => startOf(key));
  const state = known.key === key ? known : startOf(key);
  const abort = useRef<AbortController | null>(null);
  const isAsking = useRef(false);
  const latest = useRef(state);
  latest.current = state;

  const ask = useCallback(
    async (cursor: string | undefined, limit: number, add: (list: ContactList, page: ContactPage) => ContactList) => {
      const [ofSite, ofFilter] = JSON.parse(key) as [string, ContactListFilter];
      const signal = abort.current?.signal;
      if (ofSite === '' || isAsking.current || !signal) return;
      isAsking.current = true;
      try {
        const query = { ...queryOf(ofFilter), cursor, limit };
        const page = await request('GET /api/v1/sites/{site}/contacts', { params: { site: ofSite }, query, signal });
        if (signal.aborted) return;
        setKnown((before) => ({
          key,
          list: add(before.key === key ? before.list : NOTHING_LISTED, page),
          businessDay: page.businessDay,
          failure: null,
          isStarting: false,
        }));
      } catch (error) {
        if (signal.aborted) return;
        const failure =
          error instanceof RequestFailed ? error : new RequestFailed('request.unanswered', 0, String(error));
        setKnown((before) => ({ ...(before.key === key ? before : startOf(key)), failure, isStarting: false }));
      } finally {
        if (!signal.aborted) isAsking.current = false;
      }
    },
    [key],
  );
  const refresh = useCallback(() => {
    const { length } = latest.current.list.rows;
    void ask(undefined, Math.min(MOST_OF_PAGE, Math.max(PAGE, length)), refreshed);
  }, [ask]);
  const more = useCallback(() => {
    const { next } = latest.current.list;
    if (next !== null) void ask(next, PAGE, appended);
  }, [ask]);
  const put = useCallback(
    (id: string, callBack: CallBack) =>
      setKnown((before) => ({ ...before, list: withCallBack(before.list, id, callBack) })),
    [],
  );

  useEffect(() => {
    const asking = new AbortController();
    abort.current = asking;
    isAsking.current = false;
    refresh();
    const handle = setInterval(refresh, AGAIN_MS);
    return () => {
      asking.abort();
      clearInterval(handle);
    };
  }, [refresh]);
  const { list, businessDay, failure, isStarting } = state;
  return { ...list, businessDay, failure, isStarting, more, refresh, put };
}

/** Every page of a filter, for a file. Stops at `most`. */
export async function fetchAllContacts(
  site: string,
  filter: ContactListFilter,
  most: number,
): Promise<ContactPage['contacts']> {
  const rows: ContactPage['contacts'] = [];
  for (let cursor: string | undefined; rows.length < most; ) {
    const query = { ...queryOf(filter), cursor, limit: MOST_OF_PAGE };
    const page = await request('GET /api/v1/sites/{site}/contacts', { params: { site }, query });
    rows.push(...page.contacts);
    if (page.next === null) return rows;
    cursor = page.next;
  }
  return rows.slice(0, most);
}
