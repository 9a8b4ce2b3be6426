/** What a tile speaks of (the site, a queue, a group of queues) and how its metrics are judged there. Pure. */
import type { Metric, Tile } from '../../../shared/board.ts';
import {
  addCounters,
  type Counters,
  DEFAULT_SERVICE_LEVEL,
  DEFAULT_TARGET_RATIO,
  SERVICE_LEVELS,
  type ServiceLevel,
  zeroCounters,
} from '../../../shared/metric.ts';
import type { SiteView } from '../live/rows.ts';
import { type BoardTables, commonVariant, type QueueState, siteDay, siteJudgement, siteLevel } from './board-model.ts';
import { type RollingLevel, rollingLevelOfAll } from './service-level.ts';
import {
  answerRateSeverity,
  breakSeverity,
  freeSeverity,
  internalSeverity,
  type Severity,
  serviceLevelSeverity,
  worst,
} from './severity.ts';

export type Scope = Extract<Tile, { kind: 'number' }>['settings']['scope'];

/** What a page of a board is drawn from: all of it is given, so that a preview can give what it likes. */
export interface BoardData {
  readonly tables: BoardTables;
  /** Of every queue in view, in the order of the queues. */
  readonly states: readonly QueueState[];
  /** Site time as of which numbers are judged: it stands still while they are withheld. */
  readonly now: number;
  /** The server's clock; null while it is not known. */
  readonly clockAt: number | null;
  /** Queues that a list shows before others: in breach, or so a moment ago. */
  readonly urgent: ReadonlySet<string>;
  /** Change of a figure against a quarter hour ago by `figureKey`; null while that is not known. */
  readonly changeOf: (key: string, value: number) => number | null;
}

type Heads = Pick<SiteView, 'free' | 'onBreak' | 'internalCalls' | 'signedIn'>;

export interface ScopeView {
  /** Null: the whole site. */
  readonly name: string | null;
  /** Who feeds it; null: as the whole site. */
  readonly sources: readonly string[] | null;
  readonly states: readonly QueueState[];
  readonly waiting: number;
  /** Null of a group: an agent of two queues would count twice. */
  readonly heads: Heads | null;
  readonly waitMs: number | null;
  readonly wait: Severity;
  readonly level: RollingLevel;
  readonly service: Severity;
  readonly variant: ServiceLevel;
  readonly targetRatio: number;
  /** Null until counts are here. */
  readonly day: Readonly<Counters> | null;
}

/** Null where there is no such queue or group in view, or nothing is known yet. */
export function scopeView(scope: Scope, data: BoardData): ScopeView | null {
  const { tables, states, now } = data;
  if (scope.of === 'site') return tables.site && siteScope(tables.site, data);
  if (scope.of === 'queue') {
    const state = states.find(({ queue }) => queue.id === scope.queue);
    return state ? queueScope(state) : null;
  }
  const inGroup = states.filter(({ queue }) => queue.group === scope.group);
  if (inGroup.length === 0) return null;
  const variant = commonVariant(inGroup);
  const ids = inGroup.map(({ queue }) => queue.id);
  const level = rollingLevelOfAll(tables.counts, ids, variant, now);
  const targets = new Set(inGroup.map(({ queue }) => queue.targetRatio));
  const [first = DEFAULT_TARGET_RATIO] = targets;
  const targetRatio = targets.size === 1 ? first : DEFAULT_TARGET_RATIO;
  return {
    ...{ name: scope.group, states: inGroup, level, variant, targetRatio, heads: null },
    sources: [...new Set(inGroup.flatMap(({ queue }) => queue.sources))],
    waiting: inGroup.reduce((sum, { queue }) => sum + queue.waiting, 0),
    waitMs: longestOf(inGroup),
    wait: worst(...inGroup.map(({ wait }) => wait)),
    service: serviceLevelSeverity(level.ratio, level.offered, targetRatio),
    day:
      tables.counts && inGroup.reduce((sum, { day }) => (day ? addCounters(sum, day.counters) : sum), zeroCounters()),
  };
}

function siteScope(site: SiteView, { tables, states, now }: BoardData): ScopeView {
  const judged = siteJudgement(tables, states, now);
  return {
    ...{ name: null, sources: null, states, waiting: site.waiting, heads: site },
    ...{ waitMs: site.waiting > 0 ? longestOf(states) : null, wait: judged.wait },
    ...{ level: siteLevel(tables.counts, now), service: judged.serviceLevel },
    ...{ variant: DEFAULT_SERVICE_LEVEL, targetRatio: DEFAULT_TARGET_RATIO },
    day: siteDay(tables.counts)?.counters ?? null,
  };
}

function queueScope(state: QueueState): ScopeView {
  const { queue, level, waitMs, wait, service, day } = state;
  return {
    ...{ name: queue.name, sources: queue.sources, states: [state], waiting: queue.waiting, heads: queue },
    ...{ waitMs, wait, level, service, variant: queue.serviceLevel, targetRatio: queue.targetRatio },
    day: day?.counters ?? null,
  };
}

const longestOf = (states: readonly QueueState[]): number | null =>
  states.reduce<number | null>((most, { waitMs }) => (waitMs === null ? most : Math.max(most ?? 0, waitMs)), null);

export interface Judged {
  /** Null: not known, or without a denominator. */
  readonly value: number | null;
  readonly severity: Severity;
}

/** Counts, milliseconds (`longestWait`) or ratios (`serviceLevel`, `answerRate`). */
export function judge(metric: Metric, view: ScopeView): Judged {
  const { waiting, heads, day } = view;
  switch (metric) {
    case 'waiting':
      return { value: waiting, severity: view.wait };
    case 'longestWait':
      return { value: view.waitMs ?? 0, severity: view.wait };
    case 'serviceLevel':
      return { value: view.level.ratio, severity: view.service };
    case 'answerRate': {
      const ratio = day && day.offered > 0 ? day.answered / day.offered : null;
      return { value: ratio, severity: answerRateSeverity(ratio, day?.offered ?? 0) };
    }
    case 'free':
      return {
        value: heads?.free ?? null,
        severity: heads ? freeSeverity(heads.free, waiting, view.wait) : 'unjudged',
      };
    case 'onBreak':
      return {
        value: heads?.onBreak ?? null,
        severity: heads ? breakSeverity(heads.onBreak, heads.signedIn) : 'unjudged',
      };
    case 'internalCalls':
      return {
        value: heads?.internalCalls ?? null,
        severity: heads ? internalSeverity(heads.internalCalls, heads.signedIn) : 'unjudged',
      };
    case 'offered':
    case 'answered':
    case 'abandoned':
      return { value: day?.[metric] ?? null, severity: 'normal' };
  }
}

/** The day's service level by the scope's own variant. */
export const dayRatio = ({ day, variant }: ScopeView): number | null => day && SERVICE_LEVELS[variant](day);

/** Names a figure among those of a board. */
export const figureKey = (metric: Metric, scope: Scope): string =>
  `${metric} ${scope.of} ${scope.of === 'queue' ? scope.queue : scope.of === 'group' ? scope.group : ''}`;

/** What a scope is called that is not in view. */
export const scopeId = (scope: Scope): string =>
  scope.of === 'queue' ? scope.queue : scope.of === 'group' ? scope.group : '';
