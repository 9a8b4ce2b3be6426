/** What is wrong with a board that comes as a file, each fault with its exact place. Pure. */
import type { TFunction } from 'i18next';
import { type BoardFile, boardFileSchema } from '../../../shared/api-boards.ts';

export interface Fault {
  /** As `board.pages.0.tiles.3.w`; empty: the file as a whole. */
  readonly path: string;
  readonly text: string;
}

export type ReadFile = { readonly file: BoardFile; readonly faults: null } | { readonly faults: readonly Fault[] };

export function readBoardFile(t: TFunction, text: string): ReadFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { faults: [{ path: '', text: t('boards.fault.json', { detail: String((error as Error).message) }) }] };
  }
  const { success, data, error } = boardFileSchema.safeParse(json);
  if (success) return { file: data, faults: null };
  return { faults: error.issues.flatMap((issue) => faultsOf(t, issue)) };
}

type Issue = Extract<ReturnType<typeof boardFileSchema.safeParse>, { success: false }>['error']['issues'][number];

function faultsOf(t: TFunction, issue: Issue): readonly Fault[] {
  const path = issue.path.map(String);
  const one = (text: string): readonly Fault[] => [{ path: path.join('.'), text }];
  switch (issue.code) {
    case 'invalid_type':
      return one(t('boards.fault.type', { expected: issue.expected }));
    case 'too_small':
      return one(
        t(`boards.fault.${issue.origin === 'number' || issue.origin === 'int' ? 'least' : 'short'}`, {
          least: String(issue.minimum),
        }),
      );
    case 'too_big':
      return one(
        t(`boards.fault.${issue.origin === 'number' || issue.origin === 'int' ? 'most' : 'long'}`, {
          most: String(issue.maximum),
        }),
      );
    case 'invalid_value':
      return one(t('boards.fault.value', { values: issue.values.map(String).join(' / ') }));
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), text: t('boards.fault.surplus') }));
    case 'invalid_union':
      return one(t('boards.fault.kind'));
    case 'invalid_format':
      return one(t('boards.fault.id'));
    case 'custom':
      return one(customText(t, issue.params));
    default:
      return one(issue.message);
  }
}

/** The laws of a board that are no matter of a single field. */
function customText(t: TFunction, params: Readonly<Record<string, unknown>> = {}): string {
  switch (params.fault) {
    case 'leaves':
      return t('boards.fault.leaves');
    case 'overlaps':
      return t('boards.fault.overlaps', { other: String(params.other) });
    case 'twice':
      return t('boards.fault.twice', { id: String(params.id) });
    default:
      return t('boards.fault.ofGroup');
  }
}

/** Which page and which tile a path speaks of, as people count them. */
export function placeText(t: TFunction, path: string): string {
  const [, page, tile] = /^board\.pages\.(\d+)(?:\.tiles\.(\d+))?/.exec(path) ?? [];
  if (page === undefined) return '';
  const pageText = t('boards.fault.page', { number: Number(page) + 1 });
  return tile === undefined ? pageText : `${pageText} · ${t('boards.fault.tile', { number: Number(tile) + 1 })}`;
}
