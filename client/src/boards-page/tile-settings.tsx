import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Tile } from '../../../shared/board.ts';
import { Button } from '../ui/button.tsx';
import type { Step } from './editor-state.ts';
import { SettingsOf } from './settings-of.tsx';
import { placeOfTile, type SiteNames, tileText } from './tile-words.ts';

interface TileSettingsProps {
  readonly tile: Tile | undefined;
  readonly profile: Board['profile'];
  readonly names: SiteNames;
  readonly act: (step: Step) => void;
}

/** Everything that keys do to a tile, as buttons, and what is set of its kind. */
export function TileSettings({ tile, profile, names, act }: TileSettingsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="settings" aria-label={t('boards.tile.title')}>
      <h2 className="designer__label">{t('boards.tile.title')}</h2>
      {tile ? (
        <>
          <p className="settings__what">
            <strong>
              <bdi>{tileText(t, tile, names)}</bdi>
            </strong>
            <span className="list__sub">{placeOfTile(t, tile)}</span>
          </p>
          <Steps id={tile.id} act={act} />
          <SettingsOf key={tile.id} tile={tile} profile={profile} names={names} act={act} />
        </>
      ) : (
        <p className="settings__none">{t('boards.tile.choose')}</p>
      )}
    </section>
  );
}

const MOVES = [
  ['left', -1, 0, '←'],
  ['right', 1, 0, '→'],
  ['up', 0, -1, '↑'],
  ['down', 0, 1, '↓'],
] as const;
const RESIZES = [
  ['narrower', -1, 0],
  ['wider', 1, 0],
  ['shorter', 0, -1],
  ['taller', 0, 1],
] as const;

function Steps({ id, act }: { id: string; act: (step: Step) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <div className="steps">
        {MOVES.map(([name, dx, dy, sign]) => (
          <button
            key={name}
            type="button"
            className="tool tool--key"
            aria-label={t(`boards.editor.${name}`)}
            title={t(`boards.editor.${name}`)}
            onClick={() => act({ do: 'move', tile: id, dx, dy })}
          >
            {sign}
          </button>
        ))}
        {RESIZES.map(([name, dw, dh]) => (
          <button
            key={name}
            type="button"
            className="tool tool--key"
            onClick={() => act({ do: 'resize', tile: id, dw, dh })}
          >
            {t(`boards.editor.${name}`)}
          </button>
        ))}
      </div>
      <div className="settings__row">
        <Button onClick={() => act({ do: 'duplicate', tile: id })}>{t('boards.editor.duplicate')}</Button>
        <Button onClick={() => act({ do: 'remove', tile: id })}>{t('boards.editor.remove')}</Button>
      </div>
    </>
  );
}
