/** What is typed about a TV, and what becomes of it. Pure. */
import type { DaySpan, FleetScreen, ScreenOptions } from '../../../shared/api-screens.ts';
import type { Scope } from '../../../shared/policy.ts';

export interface ScreenDraft {
  readonly name: string;
  readonly site: string;
  /** `standard`, or the id of a board. */
  readonly board: string;
  readonly queues: readonly string[] | null;
  readonly teams: readonly string[] | null;
  readonly language: ScreenOptions['language'];
  /** As typed; empty: the usual. */
  readonly inches: string;
  readonly metres: string;
  readonly page: string;
  readonly dim: SpanDraft;
  readonly off: SpanDraft;
  readonly offShows: ScreenOptions['offShows'];
  readonly hasChime: boolean;
}

/** Times as `HH:MM`. */
export interface SpanDraft {
  readonly isOn: boolean;
  readonly from: string;
  readonly to: string;
}

export const RANGES = { inches: [20, 150], metres: [1, 40], page: [1, 99] } as const;
type Ranged = keyof typeof RANGES;

export type DraftErrors = Readonly<
  Partial<Record<'name' | Ranged | 'dim' | 'off', 'missing' | 'number' | 'sameTimes'>>
>;

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const minuteOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};
const spanDraft = (span: DaySpan | null, from: string, to: string): SpanDraft =>
  span ? { isOn: true, from: clockOf(span.from), to: clockOf(span.to) } : { isOn: false, from, to };

export function draftOf(screen: FleetScreen): ScreenDraft {
  const { name, site, board, queues, teams, options } = screen;
  const { language, inches, metres, page, dim, off, offShows, hasChime } = options;
  return {
    ...{ name, site, board, queues, teams, language, offShows, hasChime },
    ...{ inches: String(inches ?? ''), metres: String(metres ?? ''), page: String(page ?? '') },
    dim: spanDraft(dim, '18:00', '08:00'),
    off: spanDraft(off, '22:00', '07:00'),
  };
}

/** Of a TV that nobody has named yet, as wide as whoever pairs it may give. */
export const newDraft = (site: string, scope: Scope, language: ScreenOptions['language']): ScreenDraft => ({
  ...{ name: '', site, board: 'standard', queues: scope.queues, teams: scope.teams, language },
  ...{ inches: '', metres: '', page: '', offShows: 'clock', hasChime: false },
  dim: spanDraft(null, '18:00', '08:00'),
  off: spanDraft(null, '22:00', '07:00'),
});

export function checkDraft(draft: ScreenDraft): DraftErrors {
  const fits = (field: Ranged): boolean => {
    const [min, max] = RANGES[field];
    const value = Number(draft[field]);
    return (
      draft[field].trim() === '' || (value >= min && value <= max && (field !== 'page' || Number.isInteger(value)))
    );
  };
  const isSame = ({ isOn, from, to }: SpanDraft) => isOn && minuteOf(from) === minuteOf(to);
  return {
    ...(draft.name.trim() === '' && { name: 'missing' as const }),
    ...(!fits('inches') && { inches: 'number' as const }),
    ...(!fits('metres') && { metres: 'number' as const }),
    ...(!fits('page') && { page: 'number' as const }),
    ...(isSame(draft.dim) && { dim: 'sameTimes' as const }),
    ...(isSame(draft.off) && { off: 'sameTimes' as const }),
  };
}

/** `timeZone` is kept as it is: nobody types one here. */
export function assignmentOf(draft: ScreenDraft, timeZone: string | null) {
  const number = (text: string) => (text.trim() === '' ? null : Number(text));
  const span = ({ isOn, from, to }: SpanDraft) => (isOn ? { from: minuteOf(from), to: minuteOf(to) } : null);
  const { name, site, board, queues, teams, language, inches, metres, page, dim, off, offShows, hasChime } = draft;
  return {
    ...{ name: name.trim(), site, board },
    ...{ queues: queues && [...queues], teams: teams && [...teams] },
    options: {
      ...{ language, timeZone, offShows, hasChime, dim: span(dim), off: span(off) },
      ...{ inches: number(inches), metres: number(metres), page: number(page) },
    },
  };
}
