import type { TFunction } from 'i18next';
import { DIFFERENCES, differences } from './board-diff.ts';
import type { Sheet } from './editor-state.ts';

/** What became of the one in the other, in one line; null: nothing. */
export function differenceText(t: TFunction, before: Sheet, after: Sheet): string | null {
  const counts = differences(before, after);
  const told = DIFFERENCES.filter((one) => counts[one] > 0).map((one) =>
    t(`boards.difference.${one}`, { count: counts[one] }),
  );
  return told.length === 0 ? null : told.join(t('access.list.comma'));
}
