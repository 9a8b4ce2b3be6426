import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../../../shared/board.ts';
import { readableToM } from '../../../shared/board-grid.ts';
import { SeverityMark } from '../ui/severity-mark.tsx';
import type { Step } from './editor-state.ts';
import { type SiteNames, tileText } from './tile-words.ts';
import { metresText, ROOM_LIMITS, type TvRoom } from './tv-room.ts';
import { NumberField } from './typed-field.tsx';

interface DistanceCheckProps {
  readonly pages: readonly Page[];
  readonly room: TvRoom;
  readonly onRoom: (room: TvRoom) => void;
  readonly names: SiteNames;
  readonly act: (step: Step) => void;
}

/** Whether everybody can read it, before anybody hangs the TV. */
export function DistanceCheck({ pages, room, onRoom, names, act }: DistanceCheckProps): ReactNode {
  const { t } = useTranslation();
  const small = pages.flatMap((page) =>
    page.tiles.flatMap((tile) => {
      const metres = readableToM(tile, room.inches);
      return metres !== null && metres < room.metres ? [{ page, tile, metres }] : [];
    }),
  );
  return (
    <section className="distance" aria-label={t('boards.distance.title')}>
      <NumberField
        label={t('boards.distance.inches')}
        value={room.inches}
        limits={ROOM_LIMITS.inches}
        isWhole={false}
        onValue={(inches) => onRoom({ ...room, inches })}
      />
      <NumberField
        label={t('boards.distance.metres')}
        value={room.metres}
        limits={ROOM_LIMITS.metres}
        isWhole={false}
        onValue={(metres) => onRoom({ ...room, metres })}
      />
      <div className="distance__found" role="status">
        <p title={t('boards.distance.hint')}>
          <SeverityMark kind={small.length === 0 ? 'eased' : 'warning'} />
          {small.length === 0
            ? t('boards.distance.fine', { metres: room.metres })
            : t('boards.distance.some', { count: small.length, metres: room.metres })}
        </p>
        {small.length > 0 && (
          <ul>
            {small.map(({ page, tile, metres }) => (
              <li key={tile.id}>
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    act({ do: 'turn', page: page.id });
                    act({ do: 'choose', tile: tile.id });
                  }}
                >
                  {tileText(t, tile, names)}
                </button>{' '}
                {t('boards.distance.beyond', { metres: metresText(metres) })}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
