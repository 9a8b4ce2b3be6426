/** The order of names on every screen: Chinese by sound, numbers in a name as numbers. */
const collator = new Intl.Collator('zh-CN', { numeric: true });

export const compareText = (a: string, b: string): number => collator.compare(a, b);

/** Places of texts in the order; texts that compare as equal share one. To compare places is a hundred times cheaper. */
export type TextRanks = ReadonlyMap<string, number>;

/** The same ranks as long as they know every text: names change seldom, rows that carry them often. */
export function rankTexts(before: TextRanks, texts: readonly string[]): TextRanks {
  if (texts.every((text) => before.has(text))) return before;
  const ranks = new Map<string, number>();
  let last: string | undefined;
  let rank = 0;
  for (const text of [...new Set(texts)].sort(compareText)) {
    if (last !== undefined && compareText(last, text) !== 0) rank++;
    ranks.set(text, rank);
    last = text;
  }
  return ranks;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Equal names by id, so that the order never depends on who came first. */
export const compareNamed = (a: Named, b: Named): number =>
  compareText(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
