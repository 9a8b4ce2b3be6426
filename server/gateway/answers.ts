/** API answers from a mirror's rows. Columns are looked up by name once; a row's order is known here and in shared/view.ts only. */
import type { AgentAnswer, Freshness, QueueAnswer, SiteAnswer } from '../../shared/api.ts';
import type { Row } from '../../shared/delta.ts';
import { ratiosOf } from '../../shared/metric.ts';
import { type Column, column, countersOfRow, HEADCOUNT, type Table } from '../../shared/view.ts';
import { AppError } from '../errors.ts';
import { freshnessOf, siteClock, worstOf } from './freshness.ts';
import type { Mirror, SiteView } from './mirror.ts';

interface Envelope {
  readonly asOf: number;
  readonly rev: number;
  readonly freshness: Freshness;
}

export function sitesAnswer(mirror: Mirror, now: number): Envelope & { sites: SiteAnswer[] } {
  const sites = mirror.sites.map((site) => siteAnswer(mirror, site, now));
  return {
    asOf: sites.length === 0 ? now : Math.min(...sites.map((site) => site.asOf)),
    rev: sites.reduce((sum, site) => sum + site.rev, 0),
    freshness: {
      ...worstOf(sites.map((site) => site.freshness)),
      sources: sites.flatMap((site) => site.freshness.sources),
    },
    sites,
  };
}

export function queuesAnswer(mirror: Mirror, site: string, now: number): Envelope & { queues: QueueAnswer[] } {
  const board = boardOf(mirror, site);
  const envelope = envelopeOf(board, board.rev, now);
  const queues = Array.from(board.rows('queues'), ([id, row]) => ({
    id,
    name: cell('queues', row, 'name') as string,
    thresholdMs: cell('queues', row, 'thresholdMs') as number,
    live: liveOf('queues', row, envelope.asOf),
    today: todayOf('queues', row),
  }));
  return { ...envelope, queues };
}

export function agentsAnswer(mirror: Mirror, site: string, now: number): Envelope & { agents: AgentAnswer[] } {
  const view = mirror.view(site, 'agents');
  if (view === null) throw new AppError('site.unknown');
  return {
    ...envelopeOf(boardOf(mirror, site), view.rev, now),
    agents: Array.from(view.rows('agents'), ([id, row]) => agentOf(id, row)),
  };
}

function siteAnswer(mirror: Mirror, site: string, now: number): SiteAnswer {
  const board = boardOf(mirror, site);
  const envelope = envelopeOf(board, board.rev, now);
  const [known] = board.rows('site');
  const row = known?.[1] ?? [];
  const date = cell('site', row, 'businessDate') as string;
  return {
    id: site,
    name: (cell('site', row, 'name') as string | null) ?? site,
    ...envelope,
    businessDay: date
      ? { date, startAt: cell('site', row, 'dayStartAt') as number, endAt: cell('site', row, 'dayEndAt') as number }
      : null,
    live: liveOf('site', row, envelope.asOf),
    today: todayOf('site', row),
  };
}

function boardOf(mirror: Mirror, site: string): SiteView {
  const board = mirror.view(site, 'board');
  if (board === null) throw new AppError('site.unknown');
  return board;
}

function envelopeOf(board: SiteView, rev: number, now: number): Envelope {
  const freshness = freshnessOf(board, now);
  return { asOf: siteClock(board, freshness, now), rev, freshness };
}

function liveOf(table: 'site' | 'queues', row: Row, asOf: number): QueueAnswer['live'] {
  const since = cell(table, row, 'oldestWaitingSince') as number | null;
  const heads = Object.fromEntries(HEADCOUNT.map((name) => [name, Number(cell(table, row, name) ?? 0)]));
  return {
    waiting: Number(cell(table, row, 'waiting') ?? 0),
    oldestWaitingSince: since,
    longestWaitMs: since === null ? null : Math.max(0, asOf - since),
    ...(heads as Record<(typeof HEADCOUNT)[number], number>),
  };
}

function todayOf(table: 'site' | 'queues', row: Row): QueueAnswer['today'] {
  const counters = countersOfRow(table, row);
  const time = {
    onContactMs: Number(cell(table, row, 'onContactMs') ?? 0),
    idleMs: Number(cell(table, row, 'idleMs') ?? 0),
  };
  return { ...counters, ratios: ratiosOf(counters, time) };
}

function agentOf(id: string, row: Row): AgentAnswer {
  const at = <C extends Column<'agents'>>(name: C) => cell('agents', row, name);
  return {
    id,
    name: at('name') as string,
    presence: at('presence') as AgentAnswer['presence'],
    presenceReason: at('presenceReason') as string,
    presenceSince: at('presenceSince') as number | null,
    activity: at('activity') as AgentAnswer['activity'],
    activitySince: at('activitySince') as number | null,
    canTakeCall: at('canTakeCall') as boolean,
    queues: at('queues') as string[],
    pausedIn: at('pausedIn') as string[],
    contactQueue: at('contactQueue') as string | null,
    caller: at('caller') as string | null,
    today: {
      answered: at('answered') as number,
      talkMsSum: at('talkMsSum') as number,
      ringNoAnswer: at('ringNoAnswer') as number,
    },
  };
}

const cell = <T extends Table>(table: T, row: Row, name: Column<T>) => row[column(table, name)] ?? null;
