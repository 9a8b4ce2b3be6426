import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tile } from '../../../shared/board.ts';
import type { Step } from './editor-state.ts';
import { KINDS } from './new-tile.ts';

export function Palette({ act }: { act: (step: Step) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <nav className="palette" aria-label={t('boards.editor.palette')}>
      <h2 className="designer__label">{t('boards.editor.palette')}</h2>
      <ul>
        {KINDS.map((kind) => (
          <li key={kind}>
            <button
              type="button"
              aria-label={t('boards.editor.add', { what: t(`boards.kind.${kind}`) })}
              title={t(`boards.kindHint.${kind}`)}
              onClick={() => act({ do: 'add', kind })}
            >
              <svg viewBox="0 0 20 16" aria-hidden="true">
                {SIGNS[kind]}
              </svg>
              <span>{t(`boards.kind.${kind}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const line = (d: string): ReactNode => <path d={d} fill="none" stroke="currentColor" strokeWidth="1.6" />;

const SIGNS: Readonly<Record<Tile['kind'], ReactNode>> = {
  number: line('M4 4.500 6.500 3v10M11 5c0-3 5-3 5 0 0 2.500-5 4-5 8h5.500'),
  serviceLevel: line('M3 13a7 7 0 1 1 14 0M10 13l3.500-5'),
  queues: line('M2 4h16M2 8h16M2 12h16M7.500 2v12'),
  states: line('M2 6h16v4H2zM9 6v4M14 6v4'),
  trend: line('M2 13c3 0 4-8 7-8s3 4 5 4 2-5 4-5'),
  heat: line('M2 3h4v4H2zM8 3h4v4H8zM14 3h4v4h-4zM2 9h4v4H2zM8 9h4v4H8zM14 9h4v4h-4z'),
  notice: line('M3 3h14v8h-7l-3 3v-3H3z'),
  clock: line('M10 2a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM10 5v3.500l2.500 1.500'),
};
