import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Canvas } from './canvas.tsx';
import type { Sheet } from './editor-state.ts';
import { NO_NAMES } from './tile-words.ts';
import type { TvRoom } from './tv-room.ts';

interface PreviewProps {
  readonly site: string;
  readonly sheet: Sheet;
  readonly firstPage: string;
  readonly room: TvRoom;
  readonly onClose: () => void;
}

/** The draft as a TV would show it. */
export function Preview({ site, sheet, firstPage, room, onClose }: PreviewProps): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useState(firstPage);
  const screen = useRef<HTMLDivElement>(null);
  const page = sheet.board.pages.find(({ id }) => id === shown) ?? sheet.board.pages[0];
  return (
    <Dialog title={t('boards.preview.title', { name: sheet.name })} size="wide" onClose={onClose}>
      <div className="preview">
        <div className="preview__bar">
          <p>{t('boards.preview.lead', { site })}</p>
          {sheet.board.pages.map(({ id, name }) => (
            <button key={id} type="button" className="tool" aria-pressed={id === page?.id} onClick={() => setShown(id)}>
              {name}
            </button>
          ))}
          <Button onClick={() => void screen.current?.requestFullscreen?.()}>{t('boards.preview.full')}</Button>
        </div>
        <div ref={screen} className="preview__tv" data-theme="dark">
          {page && (
            <Canvas
              page={page}
              profile={sheet.board.profile}
              chosen={null}
              names={NO_NAMES}
              room={room}
              onStep={null}
            />
          )}
        </div>
      </div>
    </Dialog>
  );
}
