/** The order of names on every screen: Chinese by sound, numbers in a name as numbers. */
const collator = new Intl.Collator('zh-CN', { numeric: true });

export const compareText = (a: string, b: string): number => collator.compare(a, b);

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Equal names by id, so that the order never depends on who came first. */
export const compareNamed = (a: Named, b: Named): number =>
  compareText(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
