import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Page, Tile } from '../../../shared/board.ts';
import { readableToM } from '../../../shared/board-grid.ts';
import { COLUMNS, ROWS } from '../../../shared/grid.ts';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { afterDrag, type Drag, drag, startDrag } from './drag.ts';
import type { Step } from './editor-state.ts';
import { TileFace } from './tile-face.tsx';
import { placeOfTile, type SiteNames, tileText } from './tile-words.ts';
import { metresText, type TvRoom } from './tv-room.ts';

interface CanvasProps {
  readonly page: Page;
  readonly profile: Board['profile'];
  readonly chosen: string | null;
  readonly names: SiteNames;
  readonly room: TvRoom;
  /** Null: it can only be looked at. */
  readonly onStep: ((step: Step) => void) | null;
}

interface Hand {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
}

/** The page to scale. Every tile is a stop of the keyboard; pointers drag it, and its corner to another size. */
export function Canvas({ page, profile, chosen, names, room, onStep }: CanvasProps): ReactNode {
  const { t } = useTranslation();
  const canvas = useRef<HTMLDivElement>(null);
  const hand = useRef<Hand | null>(null);
  const [held, setHeld] = useState<Drag | null>(null);
  const tiles = held ? afterDrag(page.tiles, held) : page.tiles;

  const take = (event: PointerEvent<HTMLElement>, tile: string, does: Drag['does']): void => {
    if (!onStep || event.button !== 0) return;
    event.stopPropagation();
    onStep({ do: 'choose', tile });
    hand.current = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
    // What is held gets every movement, also beyond its edge.
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setHeld(startDrag(tile, does));
  };
  const follow = (event: PointerEvent<HTMLElement>): void => {
    const from = hand.current;
    const box = canvas.current?.getBoundingClientRect();
    if (!held || !box || from?.pointer !== event.pointerId) return;
    const moved = { x: (event.clientX - from.x) / box.width, y: (event.clientY - from.y) / box.height };
    setHeld(drag(page.tiles, held, moved));
  };
  const drop = (isKept: boolean): void => {
    hand.current = null;
    setHeld(null);
    if (!held || !isKept || (held.dx === 0 && held.dy === 0)) return;
    const { tile, does, dx, dy } = held;
    onStep?.(does === 'move' ? { do: 'move', tile, dx, dy } : { do: 'resize', tile, dw: dx, dh: dy });
  };
  return (
    <div
      ref={canvas}
      className="canvas"
      // Walls are dark whatever the desk is.
      data-theme="dark"
      role="group"
      aria-label={t('boards.editor.canvas')}
      data-fixed={onStep === null}
      onPointerMove={follow}
      onPointerUp={() => drop(true)}
      onPointerCancel={() => drop(false)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && held) drop(false);
      }}
    >
      {page.tiles.length === 0 && <p className="canvas__empty">{t('boards.editor.empty')}</p>}
      {tiles.map((tile) => {
        const metres = readableToM(tile, room.inches);
        const isSmall = metres !== null && metres < room.metres;
        const what = tileText(t, tile, names);
        const label = t('boards.tile.label', { what, place: placeOfTile(t, tile) });
        const beyond = isSmall ? t('boards.distance.beyond', { metres: metresText(metres) }) : '';
        return (
          <div
            key={tile.id}
            className="frame"
            style={spot(tile)}
            data-chosen={tile.id === chosen}
            data-held={tile.id === held?.tile}
            data-blocked={tile.id === held?.tile && held.isBlocked}
          >
            <TileFace tile={tile} profile={profile} what={what} />
            <button
              type="button"
              className="frame__tile"
              data-tile={tile.id}
              aria-label={isSmall ? `${label}; ${beyond}` : label}
              aria-pressed={tile.id === chosen}
              disabled={onStep === null}
              onPointerDown={(event) => take(event, tile.id, 'move')}
              onClick={() => onStep?.({ do: 'choose', tile: tile.id })}
              onFocus={() => onStep?.({ do: 'choose', tile: tile.id })}
              onKeyDown={(event) => {
                const next = stepOf(event, tile.id);
                if (!next || !onStep) return;
                event.preventDefault();
                onStep(next);
              }}
            />
            {isSmall && (
              <span className="frame__small">
                <SeverityMark kind="warning" />
                {beyond}
              </span>
            )}
            {onStep && (
              <span
                className="frame__corner"
                data-corner={tile.id}
                aria-hidden="true"
                onPointerDown={(event) => take(event, tile.id, 'resize')}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

const spot = ({ x, y, w, h }: Tile): React.CSSProperties => ({
  left: `${(x / COLUMNS) * 100}%`,
  top: `${(y / ROWS) * 100}%`,
  width: `${(w / COLUMNS) * 100}%`,
  height: `${(h / ROWS) * 100}%`,
});

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a key does to the tile that has the focus; null: nothing of ours. */
function stepOf(event: KeyboardEvent, tile: string): Step | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const [x, y] = arrow;
    return event.shiftKey ? { do: 'resize', tile, dw: x, dh: y } : { do: 'move', tile, dx: x, dy: y };
  }
  if (event.key === 'Delete' || event.key === 'Backspace') return { do: 'remove', tile };
  return event.key.toLowerCase() === 'd' ? { do: 'duplicate', tile } : null;
}
