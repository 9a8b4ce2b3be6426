/** What a metric of a tile is called. Pure. */
import type { TFunction } from 'i18next';
import type { Metric } from '../../../shared/board.ts';

const WORDS = {
  waiting: 'metric.waiting',
  longestWait: 'metric.longestWait',
  serviceLevel: 'metric.serviceLevelShort',
  answerRate: 'metric.answerRate',
  offered: 'metric.offered',
  answered: 'metric.answered',
  abandoned: 'metric.abandoned',
  free: 'metric.canTake',
  onBreak: 'metric.onBreak',
  internalCalls: 'metric.internalCalls',
} as const satisfies Record<Metric, string>;

export const metricText = (t: TFunction, metric: Metric): string => t(WORDS[metric]);
