import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { useTitle } from '../access/gate.tsx';
import { Canvas } from './canvas.tsx';
import { Conflict } from './conflict.tsx';
import { DistanceCheck } from './distance-check.tsx';
import { EditorHead } from './editor-head.tsx';
import { pageInView } from './editor-state.ts';
import { PageSettings } from './page-settings.tsx';
import { PageTabs } from './page-tabs.tsx';
import { Palette } from './palette.tsx';
import { Preview } from './preview.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { TileSettings } from './tile-settings.tsx';
import type { SiteNames } from './tile-words.ts';
import { useTvRoom } from './tv-room.ts';
import { useEditor } from './use-editor.ts';
import { useIsNarrow } from './use-is-narrow.ts';
import { VersionsDialog } from './versions-dialog.tsx';

interface BoardEditorProps {
  readonly first: StoredBoard;
  readonly names: SiteNames;
}

export function BoardEditor({ first, names }: BoardEditorProps): ReactNode {
  const { t } = useTranslation();
  const editor = useEditor(first, names);
  const { state, act, saver, save, stored, said } = editor;
  const [room, setRoom] = useTvRoom();
  const [opened, setOpened] = useState<'preview' | 'publish' | 'versions' | null>(null);
  const isNarrow = useIsNarrow();
  const page = pageInView(state);
  const { name, board } = state.sheet;
  const tile = page?.tiles.find(({ id }) => id === state.tile);
  useTitle(name);
  const close = (): void => setOpened(null);
  return (
    <div className="designer" data-narrow={isNarrow}>
      <h1 className="sr-only">{t('boards.editor.title')}</h1>
      <EditorHead editor={editor} isNarrow={isNarrow} onOpen={setOpened} />
      {save.is === 'conflict' && <Conflict theirs={save.theirs} mine={state.sheet} saver={saver} act={act} />}
      {isNarrow && <p className="designer__narrow">{t('boards.editor.narrow')}</p>}
      <main className="designer__main">
        {!isNarrow && <Palette act={act} />}
        <section className="designer__middle" aria-label={t('boards.editor.canvas')}>
          <PageTabs pages={board.pages} shown={state.page} act={act} isFixed={isNarrow} />
          {page && (
            <Canvas
              page={page}
              profile={board.profile}
              chosen={state.tile}
              names={names}
              room={room}
              onStep={isNarrow ? null : act}
            />
          )}
          <DistanceCheck pages={board.pages} room={room} onRoom={setRoom} names={names} act={act} />
          {!isNarrow && <p className="designer__keys">{t('boards.editor.keys')}</p>}
        </section>
        {!isNarrow && (
          <aside className="designer__panel">
            <TileSettings tile={tile} profile={board.profile} names={names} act={act} />
            {page && <PageSettings board={board} page={page} act={act} />}
          </aside>
        )}
      </main>
      <p className="sr-only" role="status">
        {said}
      </p>
      {opened === 'preview' && page && (
        <Preview site={stored.site} sheet={state.sheet} firstPage={page.id} onClose={close} />
      )}
      {opened === 'publish' && <PublishDialog stored={stored} saver={saver} sheet={state.sheet} onClose={close} />}
      {opened === 'versions' && <VersionsDialog stored={stored} saver={saver} onClose={close} />}
    </div>
  );
}
