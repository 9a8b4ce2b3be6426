import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../../../shared/board.ts';
import type { Step } from './editor-state.ts';

interface PageTabsProps {
  readonly pages: readonly Page[];
  readonly shown: string;
  readonly act: (step: Step) => void;
  readonly isFixed: boolean;
}

export function PageTabs({ pages, shown, act, isFixed }: PageTabsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <nav className="pages" aria-label={t('boards.page.pages')}>
      {pages.map(({ id, name, seconds }) => (
        <button
          key={id}
          type="button"
          className="pages__one"
          aria-current={id === shown ? 'page' : undefined}
          onClick={() => act({ do: 'turn', page: id })}
        >
          <bdi>{name}</bdi>
          <span className="pages__stays">{t('boards.page.stays', { seconds })}</span>
        </button>
      ))}
      {!isFixed && (
        <button
          type="button"
          className="pages__add"
          aria-label={t('boards.page.add')}
          title={t('boards.page.add')}
          onClick={() => act({ do: 'addPage', name: t('boards.page.newName', { number: pages.length + 1 }) })}
        >
          +
        </button>
      )}
    </nav>
  );
}
