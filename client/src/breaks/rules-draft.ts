/** The rules as they are typed: minutes and lines. Pure. */
import type { BreakSettings } from '../../../shared/break-setting.ts';

const MINUTE_MS = 60_000;

export const FIELDS = [
  'quota',
  'quotaByHalfHour',
  'perHour',
  'reasons',
  'otherMax',
  'minFree',
  'minFreeShare',
  'noRest',
] as const;
export type RuleField = (typeof FIELDS)[number];
export type RulesDraft = Readonly<Record<RuleField, string>> & { readonly isAutoGranting: boolean };

export type RuleProblem = { readonly kind: 'number' } | { readonly kind: 'line'; readonly line: number };
export type RulesRead =
  | { readonly settings: BreakSettings }
  | { readonly problems: Readonly<Partial<Record<RuleField, RuleProblem>>> };

const minutes = (ms: number): string => String(Math.round((ms / MINUTE_MS) * 1_000_000) / 1_000_000);

export const draftOf = (settings: BreakSettings): RulesDraft => ({
  quota: String(settings.quota),
  quotaByHalfHour: settings.quotaByHalfHour.map(({ from, people }) => `${from} ${people}`).join('\n'),
  perHour: minutes(settings.restMsPerHour),
  reasons: settings.reasons.map(({ reason, maxMs }) => `${reason} ${minutes(maxMs)}`).join('\n'),
  otherMax: minutes(settings.otherMaxMs),
  minFree: String(settings.minFree),
  minFreeShare: String(Math.round(settings.minFreeShare * 10_000) / 100),
  noRest: minutes(settings.noRestMs),
  isAutoGranting: settings.isAutoGranting,
});

export function readRules(draft: RulesDraft): RulesRead {
  const problems: Partial<Record<RuleField, RuleProblem>> = {};
  const number = (field: RuleField): number => {
    const value = draft[field].trim() === '' ? Number.NaN : Number(draft[field]);
    if (!Number.isFinite(value) || value < 0) problems[field] = { kind: 'number' };
    return value;
  };
  const ms = (field: RuleField): number => Math.round(number(field) * MINUTE_MS);
  const lines = <T>(field: RuleField, pattern: RegExp, read: (a: string, b: string) => T): T[] =>
    draft[field].split('\n').flatMap((line, i) => {
      if (line.trim() === '') return [];
      const [, a, b] = pattern.exec(line.trim()) ?? [];
      if (a !== undefined && b !== undefined) return [read(a, b)];
      problems[field] ??= { kind: 'line', line: i + 1 };
      return [];
    });
  const settings: BreakSettings = {
    quota: number('quota'),
    quotaByHalfHour: lines('quotaByHalfHour', /^(\d{1,2}:(?:00|30))\s+(\d+)$/, (from, people) => ({
      from: from.padStart(5, '0'),
      people: Number(people),
    })),
    restMsPerHour: ms('perHour'),
    reasons: lines('reasons', /^(.+?)\s+(\d+(?:\.\d+)?)$/, (reason, max) => ({
      reason,
      maxMs: Math.round(Number(max) * MINUTE_MS),
    })),
    otherMaxMs: ms('otherMax'),
    minFree: number('minFree'),
    minFreeShare: number('minFreeShare') / 100,
    noRestMs: ms('noRest'),
    isAutoGranting: draft.isAutoGranting,
  };
  if (settings.reasons.length === 0) problems.reasons ??= { kind: 'line', line: 1 };
  return Object.keys(problems).length > 0 ? { problems } : { settings };
}
