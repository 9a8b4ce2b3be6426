/** What somebody with these rights and this scope sees and may do, counted by the rule that the server uses. Pure. */
import { may, RIGHTS, type Right, type Scope, type Subject } from '../../../shared/policy.ts';

export interface NamedPlace {
  readonly id: string;
  readonly name: string;
  /** Sites it is found in. */
  readonly sites: readonly string[];
}

/** Every name that a scope can hold and that is there now. */
export interface Places {
  readonly sites: readonly NamedPlace[];
  readonly queues: readonly NamedPlace[];
  readonly teams: readonly NamedPlace[];
}

export const NO_PLACES: Places = { sites: [], queues: [], teams: [] };
export const PLACE_KINDS = ['sites', 'queues', 'teams'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

export interface Seen {
  /** Also those that come later. */
  readonly isAll: boolean;
  readonly names: readonly string[];
  readonly outOf: number;
}

export interface Preview {
  readonly sites: Seen;
  readonly queues: Seen;
  /** Null: they see no agents at all. */
  readonly teams: Seen | null;
  readonly may: readonly Right[];
  readonly mayNot: readonly Right[];
}

export function previewOf(
  given: { readonly rights: readonly Right[]; readonly scope: Scope },
  places: Places,
): Preview {
  const subject: Subject = { kind: 'person', id: '', name: '', ...given };
  const { scope, rights } = given;
  const seen = (kind: PlaceKind, right: Right, where: (id: string, site: string) => object): Seen => {
    const visible = places[kind].filter(({ id, sites }) => sites.some((site) => may(subject, right, where(id, site))));
    const known = new Set(places[kind].map(({ id }) => id));
    // A name that is not there now is given all the same, and counts when it comes.
    const absent = scope[kind]?.filter((id) => !known.has(id)) ?? [];
    const isAll = scope[kind] === null && scope.sites === null;
    return {
      isAll,
      names: [...visible.map(({ name }) => name), ...absent],
      outOf: places[kind].length + absent.length,
    };
  };
  const isNowhere = scope.sites?.length === 0;
  return {
    sites: seen('sites', 'numbers.view', (site) => ({ site })),
    queues: seen('queues', 'numbers.view', (queue, site) => ({ site, queue })),
    teams: rights.includes('agents.view') ? seen('teams', 'agents.view', (team, site) => ({ site, team })) : null,
    may: isNowhere ? [] : RIGHTS.filter((right) => rights.includes(right)),
    mayNot: isNowhere ? RIGHTS : RIGHTS.filter((right) => !rights.includes(right)),
  };
}

/** Names of several sites in one list: the same queue in two sites is one name to a scope. */
export function mergePlaces(
  sites: readonly { readonly id: string; readonly name: string }[],
  found: readonly {
    readonly site: string;
    readonly queues: readonly { readonly id: string; readonly name: string }[];
    readonly teams: readonly { readonly id: string; readonly name: string }[];
  }[],
): Places {
  const merged = (kind: 'queues' | 'teams'): readonly NamedPlace[] => {
    const byId = new Map<string, NamedPlace>();
    for (const { site, [kind]: list } of found)
      for (const { id, name } of list) byId.set(id, { id, name, sites: [...(byId.get(id)?.sites ?? []), site] });
    return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }));
  };
  return {
    sites: sites.map(({ id, name }) => ({ id, name, sites: [id] })),
    queues: merged('queues'),
    teams: merged('teams'),
  };
}
