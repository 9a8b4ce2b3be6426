import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Page } from '../../../shared/board.ts';
import { Button } from '../ui/button.tsx';
import type { Step } from './editor-state.ts';
import { NumberField, TypedField } from './typed-field.tsx';

interface PageSettingsProps {
  readonly board: Board;
  readonly page: Page;
  readonly act: (step: Step) => void;
}

/** Of the page in view, and of the board as a whole. */
export function PageSettings({ board, page, act }: PageSettingsProps): ReactNode {
  const { t } = useTranslation();
  const group = useId();
  const index = board.pages.indexOf(page);
  const { id } = page;
  const isLast = index === board.pages.length - 1;
  return (
    <>
      <section className="settings" aria-label={t('boards.page.title')}>
        <h2 className="designer__label">{t('boards.page.title')}</h2>
        <TypedField
          label={t('boards.page.name')}
          value={page.name}
          read={(text) => text.trim() || null}
          problem={t('boards.page.missing')}
          onValue={(name) => act({ do: 'setPage', name, typing: `page ${id}` })}
          maxLength={64}
        />
        <NumberField
          label={t('boards.page.seconds')}
          value={page.seconds}
          limits={[5, 600]}
          onValue={(seconds) => act({ do: 'setPage', seconds, typing: `seconds ${id}` })}
        />
        <div className="settings__row">
          <Button aria-disabled={index === 0 || undefined} onClick={() => act({ do: 'movePage', by: -1 })}>
            {t('boards.page.earlier')}
          </Button>
          <Button aria-disabled={isLast || undefined} onClick={() => act({ do: 'movePage', by: 1 })}>
            {t('boards.page.later')}
          </Button>
          <Button aria-disabled={board.pages.length < 2 || undefined} onClick={() => act({ do: 'removePage' })}>
            {t('boards.page.remove')}
          </Button>
        </div>
      </section>
      <section className="settings" aria-label={t('boards.board.title')}>
        <h2 className="designer__label">{t('boards.board.title')}</h2>
        <fieldset className="settings__kinds">
          <legend className="field__label">{t('boards.board.profile')}</legend>
          {(['supervisors', 'agents'] as const).map((profile) => (
            <label key={profile} className="check">
              <input
                type="radio"
                name={group}
                checked={board.profile === profile}
                onChange={() => act({ do: 'setProfile', profile })}
              />
              <span>
                {t(`boards.board.${profile}`)}
                <span className="check__hint">{t(`boards.board.${profile}Hint`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </section>
    </>
  );
}
