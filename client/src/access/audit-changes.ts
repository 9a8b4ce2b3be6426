/** What an act changed, field by field. Pure. */
export type Value = string | number | boolean | null | undefined | readonly (string | number)[];

export interface Change {
  /** Fields within fields with a dot. */
  readonly path: string;
  /** Undefined: it was not there. */
  readonly before: Value;
  readonly after: Value;
}

/** Only what differs, in the order of the newer edition. */
export function changesOf(before: unknown, after: unknown): readonly Change[] {
  const old = new Map(leaves(before));
  const now = new Map(leaves(after));
  return [...new Set([...now.keys(), ...old.keys()])]
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

function leaves(value: unknown, path = ''): [string, Value][] {
  if (value === undefined || (value === null && path === '')) return [];
  if (typeof value !== 'object' || value === null) return [[path, value as Value]];
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item === 'string' || typeof item === 'number');
    return [[path, isPlain ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
}
