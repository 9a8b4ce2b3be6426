/**
 * What of the floor stands in its address, so that a link, a reload and the back button give the same view: filters,
 * order, columns, the opened queue and drawer. Pure; names of parameters never change their meaning.
 */

import { CALL_BACK_STATES, type CallBackState } from '../../../shared/call-back.ts';
import { DAY_COLUMNS, type DayColumn } from './agent-day-columns.tsx';
import { AGENT_STATES, type AgentState } from './agent-state.ts';
import { OUTCOME_NAMES, type OutcomeName } from './contact-words.ts';

export const GROUPINGS = ['none', 'state', 'queue', 'team'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Sort {
  readonly id: string;
  readonly desc: boolean;
}

/** What a saved view keeps. */
export interface AgentFilter {
  readonly text: string;
  readonly state: AgentState | null;
  readonly grouping: Grouping;
  readonly sort: Sort;
  /** Null: as this desk chose last. */
  readonly columns: readonly DayColumn[] | null;
}

export interface ContactListFilter {
  /** ISO date of a business day; null: the running one. */
  readonly date: string | null;
  readonly queue: string | null;
  readonly agent: string | null;
  /** Empty: all. */
  readonly outcomes: readonly OutcomeName[];
  readonly minWaitS: number;
  /** Empty: all. */
  readonly callBack: readonly CallBackState[];
}

export type OpenDrawer =
  | { readonly kind: 'agent'; readonly agent: string; readonly date: string | null }
  | { readonly kind: 'contacts'; readonly filter: ContactListFilter };

export interface FloorAddress {
  readonly filter: AgentFilter;
  /** Opened below the queues. */
  readonly queue: string | null;
  readonly drawer: OpenDrawer | null;
}

export const BY_NAME: Sort = { id: 'name', desc: false };
export const NO_FILTER: AgentFilter = { text: '', state: null, grouping: 'none', sort: BY_NAME, columns: null };
export const ALL_CONTACTS: ContactListFilter = {
  date: null,
  queue: null,
  agent: null,
  outcomes: [],
  minWaitS: 0,
  callBack: [],
};

/** Whatever does not fit is as if it were not there: people type addresses. */
export function readAddress(search: string): FloorAddress {
  const query = new URLSearchParams(search);
  return { filter: readFilter(query), queue: query.get('queue') || null, drawer: readDrawer(query) };
}

/** Parameters that are not the floor's own (site, language, time zone) stay as they are. */
export function writeAddress(search: string, { filter, queue, drawer }: FloorAddress): string {
  const query = new URLSearchParams(search);
  for (const name of OURS) query.delete(name);
  for (const [name, value] of [...filterPairs(filter), ['queue', queue ?? ''], ...drawerPairs(drawer)] as const)
    if (value !== '') query.set(name, value);
  const text = query.toString();
  return text && `?${text}`;
}

export const filterText = (filter: AgentFilter): string =>
  new URLSearchParams(filterPairs(filter).filter(([, value]) => value !== '')).toString();

export const filterFrom = (text: string): AgentFilter => readFilter(new URLSearchParams(text));

const OURS = [
  ...['q', 'state', 'group', 'sort', 'cols', 'queue'],
  ...['drawer', 'agent', 'date', 'cqueue', 'cagent', 'outcome', 'wait', 'callback'],
];
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Shown instead of an empty list of columns: nothing in an address means "as chosen last". */
const NO_COLUMNS = '-';

type Pairs = [name: string, value: string][];

function filterPairs({ text, state, grouping, sort, columns }: AgentFilter): Pairs {
  const isByName = sort.id === BY_NAME.id && sort.desc === BY_NAME.desc;
  return [
    ['q', text],
    ['state', state ?? ''],
    ['group', grouping === 'none' ? '' : grouping],
    ['sort', isByName ? '' : `${sort.desc ? '-' : ''}${sort.id}`],
    ['cols', columns === null ? '' : columns.join('.') || NO_COLUMNS],
  ];
}

function readFilter(query: URLSearchParams): AgentFilter {
  const [, minus, sort] = /^(-?)(\w[\w-]*)$/.exec(query.get('sort') ?? '') ?? [];
  const columns = query.get('cols');
  return {
    text: query.get('q') ?? '',
    state: oneOf(AGENT_STATES, query.get('state')),
    grouping: oneOf(GROUPINGS, query.get('group')) ?? 'none',
    sort: sort === undefined ? BY_NAME : { id: sort, desc: minus === '-' },
    columns: columns ? someOf(DAY_COLUMNS, columns) : null,
  };
}

function drawerPairs(drawer: OpenDrawer | null): Pairs {
  if (drawer === null) return [];
  if (drawer.kind === 'agent')
    return [
      ['drawer', 'agent'],
      ['agent', drawer.agent],
      ['date', drawer.date ?? ''],
    ];
  const { date, queue, agent, outcomes, minWaitS, callBack } = drawer.filter;
  return [
    ['drawer', 'contacts'],
    ['date', date ?? ''],
    ['cqueue', queue ?? ''],
    ['cagent', agent ?? ''],
    ['outcome', outcomes.join('.')],
    ['wait', minWaitS > 0 ? String(minWaitS) : ''],
    ['callback', callBack.join('.')],
  ];
}

function readDrawer(query: URLSearchParams): OpenDrawer | null {
  const date = DATE.exec(query.get('date') ?? '')?.[0] ?? null;
  const agent = query.get('agent');
  if (query.get('drawer') === 'agent' && agent) return { kind: 'agent', agent, date };
  if (query.get('drawer') !== 'contacts') return null;
  const filter: ContactListFilter = {
    date,
    queue: query.get('cqueue') || null,
    agent: query.get('cagent') || null,
    outcomes: someOf(OUTCOME_NAMES, query.get('outcome') ?? ''),
    minWaitS: Number(/^\d{1,5}$/.exec(query.get('wait') ?? '')?.[0] ?? 0),
    callBack: someOf(CALL_BACK_STATES, query.get('callback') ?? ''),
  };
  return { kind: 'contacts', filter };
}

const oneOf = <T extends string>(known: readonly T[], value: string | null): T | null =>
  known.find((one) => one === value) ?? null;
const someOf = <T extends string>(known: readonly T[], text: string): readonly T[] => {
  const given = text.split('.');
  return known.filter((one) => given.includes(one));
};
