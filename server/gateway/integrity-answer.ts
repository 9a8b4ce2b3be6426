/** The reconciliation report: whether today's counters are exact, and all that speaks against it. */
import { DOUBTS, type Doubt, type IntegrityAnswer } from '../../shared/api-integrity.ts';
import { countersOfRow, SITE_ROW } from '../../shared/view.ts';
import { cell, maybeNumberIn, numberIn, textIn } from './cells.ts';
import { type SiteRows, siteRows, type Views } from './site-rows.ts';

/** Kinds of anomaly that mean a lost event. */
const REJECTED = /^(stream\.badEntry|fold\.failed:)/;

export function integrityAnswer(mirror: Views, site: string, now: number): IntegrityAnswer {
  const rows = siteRows(mirror, site, ['board', 'counts', 'agents', 'integrity'], now);
  const [siteRow = []] = rows.table('site').values();
  const parts = {
    sources: sourcesOf(rows),
    gaps: gapsOf(rows),
    suspects: suspectsOf(rows),
    anomalies: anomaliesOf(rows),
  };
  const reasons = doubtsOf(rows, parts);
  return {
    ...rows.envelope,
    businessDay: textIn('site', siteRow, 'businessDate') || null,
    isExact: reasons.length === 0,
    reasons,
    ...parts,
    corrections: correctionsOf(rows),
  };
}

function doubtsOf(
  rows: SiteRows,
  { sources, gaps, suspects, anomalies }: Pick<IntegrityAnswer, 'sources' | 'gaps' | 'suspects' | 'anomalies'>,
): IntegrityAnswer['reasons'] {
  const today = countersOfRow(rows.table('today').get(SITE_ROW) ?? []);
  const inState = (state: string) => sources.filter((source) => source.state === state).length;
  // The site counts a call once, so what one of its visits lacks shows in the queues alone.
  const inQueues = (name: 'unknown' | 'waitUnseen') => {
    let sum = 0;
    for (const [id, row] of rows.table('today')) if (id !== SITE_ROW) sum += countersOfRow(row)[name];
    return Math.max(sum, today[name]);
  };
  const counts: Record<Doubt, number> = {
    'site.noData': rows.table('site').size === 0 ? 1 : 0,
    'source.connecting': inState('connecting'),
    'source.stale': inState('stale'),
    'source.lost': inState('lost'),
    'gap.unfilled': gaps.filter(({ isFilled }) => !isFilled).length,
    'contacts.unknown': inQueues('unknown'),
    'waits.unseen': inQueues('waitUnseen'),
    'suspects.open': suspects.total,
    'events.rejected': anomalies.reduce((sum, one) => sum + (REJECTED.test(one.kind) ? one.today : 0), 0),
  };
  return (Object.keys(DOUBTS) as Doubt[])
    .filter((code) => counts[code] > 0)
    .map((code) => ({ code, count: counts[code], text: DOUBTS[code] }));
}

function sourcesOf(rows: SiteRows): IntegrityAnswer['sources'] {
  return rows.envelope.freshness.sources.map((source) => {
    const row = rows.table('sources').get(source.id) ?? [];
    return {
      ...source,
      aliveAt: maybeNumberIn('sources', row, 'aliveAt'),
      syncedAt: maybeNumberIn('sources', row, 'syncedAt'),
      lostAt: maybeNumberIn('sources', row, 'lostAt'),
      clockOffsetMs: maybeNumberIn('sources', row, 'clockOffsetMs'),
    };
  });
}

function gapsOf(rows: SiteRows): IntegrityAnswer['gaps'] {
  const gaps = Array.from(rows.table('gaps').values(), (row) => {
    const startAt = numberIn('gaps', row, 'startAt');
    const endAt = maybeNumberIn('gaps', row, 'endAt');
    return {
      source: textIn('gaps', row, 'source') ?? '',
      startAt,
      endAt,
      durationMs: Math.max(0, (endAt ?? rows.envelope.asOf) - startAt),
      cause: textIn('gaps', row, 'cause') ?? '',
      isFilled: cell('gaps', row, 'isFilled') === true,
    };
  });
  return gaps.sort((a, b) => b.startAt - a.startAt);
}

function suspectsOf(rows: SiteRows): IntegrityAnswer['suspects'] {
  const [siteRow = []] = rows.table('site').values();
  return {
    total: numberIn('site', siteRow, 'suspects'),
    queues: Array.from(rows.table('queues'), ([queue, row]) => ({
      queue,
      suspects: numberIn('queues', row, 'suspects'),
    })).filter(({ suspects }) => suspects > 0),
    agents: Array.from(rows.table('agents')).flatMap(([id, row]) =>
      cell('agents', row, 'isSuspect') === true ? [id] : [],
    ),
  };
}

function anomaliesOf(rows: SiteRows): IntegrityAnswer['anomalies'] {
  return Array.from(rows.table('anomalies'), ([kind, row]) => ({
    kind,
    today: numberIn('anomalies', row, 'today'),
    total: numberIn('anomalies', row, 'total'),
    newestAt: numberIn('anomalies', row, 'newestAt'),
  })).sort((a, b) => b.today - a.today || b.newestAt - a.newestAt);
}

function correctionsOf(rows: SiteRows): IntegrityAnswer['corrections'] {
  const newest = Array.from(rows.table('corrections'), ([number, row]) => ({
    number: Number(number),
    at: numberIn('corrections', row, 'at'),
    kind: textIn('corrections', row, 'kind') ?? '',
    subject: textIn('corrections', row, 'subject') ?? '',
    before: textIn('corrections', row, 'before') ?? '',
    after: textIn('corrections', row, 'after') ?? '',
  })).sort((a, b) => b.number - a.number);
  const total = newest[0]?.number ?? 0;
  return { newest, total, more: total - newest.length, allIn: 'corrections' };
}
