import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import type { Sheet } from './editor-state.ts';

// The wall's own drawing and the live core come when somebody wants to see them.
const LivePage = lazy(async () => ({ default: (await import('./live-page.tsx')).LivePage }));

interface PreviewProps {
  readonly site: string;
  readonly sheet: Sheet;
  readonly firstPage: string;
  readonly onClose: () => void;
}

/** The draft as a TV would show it, with the numbers of now. */
export function Preview({ site, sheet: { name, board }, firstPage, onClose }: PreviewProps): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useState(firstPage);
  const tv = useRef<HTMLDivElement>(null);
  const page = board.pages.find(({ id }) => id === shown) ?? board.pages[0];
  return (
    <Dialog title={t('boards.preview.title', { name })} size="wide" onClose={onClose}>
      <div className="preview">
        <div className="preview__bar">
          <p>{t('boards.preview.lead')}</p>
          {board.pages.length > 1 &&
            board.pages.map((one) => (
              <button
                key={one.id}
                type="button"
                className="tool"
                aria-pressed={one.id === page?.id}
                onClick={() => setShown(one.id)}
              >
                <bdi>{one.name}</bdi>
              </button>
            ))}
          {/* Where a browser has no full screen (a phone), the picture is as large as it gets. */}
          {document.fullscreenEnabled && (
            <Button onClick={() => void tv.current?.requestFullscreen()}>{t('boards.preview.full')}</Button>
          )}
        </div>
        <div ref={tv} className="tv" data-theme="dark">
          <div className="tv__screen">
            {page && (
              <Suspense fallback={null}>
                <LivePage
                  site={site}
                  name={name}
                  page={page}
                  profile={board.profile}
                  strip={t('boards.preview.strip')}
                />
              </Suspense>
            )}
          </div>
        </div>
      </div>
    </Dialog>
  );
}
