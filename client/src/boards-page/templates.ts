/** Boards to begin with. Every figure on them can be read on a 65-inch TV from six metres. Pure. */
import type { Board, Metric, Page, Tile } from '../../../shared/board.ts';

export const TEMPLATES = ['hotline', 'queues', 'backOffice', 'agents'] as const;
export type Template = (typeof TEMPLATES)[number];

export interface TemplateWords {
  /** Names of its pages, in the language of whoever begins. */
  readonly now: string;
  readonly day: string;
}

type Placed = readonly [x: number, y: number, w: number, h: number];
/** Without an id, which follows from the order. */
type Draft = { [K in Tile['kind']]: Omit<Extract<Tile, { kind: K }>, 'id'> }[Tile['kind']];

const SITE = { of: 'site' } as const;
const at = ([x, y, w, h]: Placed) => ({ x, y, w, h });
const number = (metric: Metric, place: Placed): Draft => ({
  ...at(place),
  kind: 'number',
  settings: { metric, scope: SITE, hasTarget: true },
});
const level = (place: Placed): Draft => ({ ...at(place), kind: 'serviceLevel', settings: { scope: SITE } });
const plain = (kind: 'states' | 'trend' | 'clock', place: Placed): Draft => ({ ...at(place), kind, settings: {} });
const notice = (place: Placed, zh: string, en: string): Draft => ({
  ...at(place),
  kind: 'notice',
  settings: { zh, en },
});

const day: readonly Draft[] = [plain('trend', [0, 0, 12, 5]), plain('states', [0, 5, 12, 3])];

const PAGES: Readonly<Record<Template, readonly (readonly [keyof TemplateWords, readonly Draft[]])[]>> = {
  hotline: [
    [
      'now',
      [
        ...[number('waiting', [0, 0, 4, 4]), number('longestWait', [4, 0, 4, 4]), level([8, 0, 4, 4])],
        ...[number('free', [0, 4, 3, 2]), number('answered', [3, 4, 3, 2]), number('abandoned', [6, 4, 3, 2])],
        ...[number('onBreak', [9, 4, 3, 2]), plain('states', [0, 6, 12, 2])],
      ],
    ],
  ],
  queues: [
    [
      'now',
      [
        ...[number('waiting', [0, 0, 3, 2]), number('longestWait', [3, 0, 3, 2]), level([6, 0, 3, 2])],
        number('free', [9, 0, 3, 2]),
        {
          ...{ ...at([0, 2, 12, 6]), kind: 'queues' },
          settings: {
            ...{ queues: null, rows: 5 },
            columns: ['waiting', 'longestWait', 'serviceLevel', 'free', 'abandoned'],
          },
        },
      ],
    ],
    ['day', day],
  ],
  backOffice: [
    [
      'now',
      [
        ...[number('abandoned', [0, 0, 4, 3]), number('answerRate', [4, 0, 4, 3]), number('offered', [8, 0, 4, 3])],
        ...[number('free', [0, 3, 4, 2]), number('onBreak', [4, 3, 4, 2]), number('internalCalls', [8, 3, 4, 2])],
        notice([0, 5, 8, 3], '未接来电请当日回访', 'Call lost callers back today'),
        plain('clock', [8, 5, 4, 3]),
      ],
    ],
    ['day', day],
  ],
  agents: [
    [
      'now',
      [
        ...[level([0, 0, 6, 4]), number('free', [6, 0, 3, 2]), number('onBreak', [9, 0, 3, 2])],
        ...[number('answered', [6, 2, 3, 2]), plain('clock', [9, 2, 3, 2])],
        ...[
          plain('states', [0, 4, 12, 2]),
          notice([0, 6, 12, 2], '先深呼吸，再接下一个电话', 'Breathe, then take the next call'),
        ],
      ],
    ],
  ],
};

export function boardFrom(template: Template, words: TemplateWords): Board {
  let number = 0;
  const nextId = (): string => `t${++number}`;
  const pages = PAGES[template].map(
    ([name, tiles]): Page => ({
      ...{ id: nextId(), name: words[name], seconds: 20 },
      tiles: tiles.map((tile): Tile => ({ ...tile, id: nextId() })),
    }),
  );
  return { schema: 1, profile: template === 'agents' ? 'agents' : 'supervisors', pages };
}
