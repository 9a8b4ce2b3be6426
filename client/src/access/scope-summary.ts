import type { TFunction } from 'i18next';
import type { Scope } from '../../../shared/policy.ts';
import { PLACE_KINDS, type PlaceKind, type Places } from './preview.ts';

const NAMED = 2;

/** A scope in one line, for lists. */
export function scopeSummary(t: TFunction, scope: Scope, places: Places): string {
  const limited = PLACE_KINDS.filter((kind) => scope[kind] !== null);
  if (limited.length === 0) return t('access.scope.everywhere');
  return limited.map((kind) => partOf(t, kind, scope[kind] ?? [], places)).join(t('access.list.semicolon'));
}

function partOf(t: TFunction, kind: PlaceKind, ids: readonly string[], places: Places): string {
  const label = t(`access.scope.${kind}`);
  if (ids.length === 0) return t('access.scope.none', { label });
  const names = ids.map((id) => places[kind].find((place) => place.id === id)?.name ?? id);
  const named = names.slice(0, NAMED).join(t('access.list.comma'));
  const more = names.length - NAMED;
  return t('access.scope.only', {
    label,
    names: more > 0 ? t('access.list.more', { names: named, count: more }) : named,
  });
}
