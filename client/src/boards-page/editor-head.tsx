import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useGo } from '../access/go.ts';
import { useMay } from '../access/session.tsx';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import type { SaveState } from './draft-saver.ts';
import { TypedField } from './typed-field.tsx';
import type { Editor } from './use-editor.ts';

interface EditorHeadProps {
  readonly editor: Editor;
  readonly isNarrow: boolean;
  readonly onOpen: (what: 'preview' | 'publish' | 'versions') => void;
}

export function EditorHead({
  editor: { state, act, saver, save, stored },
  isNarrow,
  onOpen,
}: EditorHeadProps): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const mayPublish = useMay()('board.publish', { site: stored.site });
  const reason = useId();
  return (
    <header className="designer__head">
      <a
        className="designer__back"
        href="/boards"
        onClick={(event) => {
          event.preventDefault();
          // Where it cannot be saved, the browser asks before it is left.
          void saver.flush().then(() => go('/boards'));
        }}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="m10 3-5 5 5 5" fill="none" stroke="currentColor" strokeWidth="1.6" />
        </svg>
        {t('boards.editor.back')}
      </a>
      {isNarrow ? (
        <strong className="designer__name">{state.sheet.name}</strong>
      ) : (
        <div className="designer__name">
          <TypedField
            label={t('boards.board.name')}
            value={state.sheet.name}
            read={(text) => text.trim() || null}
            problem={t('boards.page.missing')}
            onValue={(name) => act({ do: 'rename', name, typing: 'name' })}
            maxLength={64}
          />
        </div>
      )}
      <SaveStatus save={save} onRetry={() => void saver.flush()} />
      <span className="designer__tools">
        {!isNarrow && (
          <>
            <Button
              kind="quiet"
              aria-disabled={state.past.length === 0 || undefined}
              onClick={() => act({ do: 'undo' })}
            >
              {t('boards.editor.undo')}
            </Button>
            <Button
              kind="quiet"
              aria-disabled={state.future.length === 0 || undefined}
              onClick={() => act({ do: 'redo' })}
            >
              {t('boards.editor.redo')}
            </Button>
          </>
        )}
        <Button kind="quiet" onClick={() => onOpen('versions')}>
          {t('boards.editor.versions')}
        </Button>
        <Button onClick={() => onOpen('preview')}>{t('boards.editor.preview')}</Button>
        <Button
          kind="primary"
          aria-disabled={!mayPublish || undefined}
          aria-describedby={mayPublish ? undefined : reason}
          title={mayPublish ? undefined : t('boards.list.needPublish')}
          onClick={() => mayPublish && onOpen('publish')}
        >
          {t('boards.editor.publish')}
        </Button>
        {!mayPublish && (
          <span className="designer__reason" id={reason}>
            {t('boards.list.needPublish')}
          </span>
        )}
      </span>
    </header>
  );
}

function SaveStatus({ save, onRetry }: { save: SaveState; onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className="designer__save" role="status" data-save={save.is}>
      {save.is === 'saved' && <SeverityMark kind="eased" />}
      {(save.is === 'failed' || save.is === 'conflict') && <SeverityMark kind="warning" />}
      {save.is === 'failed'
        ? t('boards.save.failed', { reason: errorText(t, save.error) })
        : t(`boards.save.${save.is}`)}
      {save.is === 'failed' && (
        <button type="button" className="link" onClick={onRetry}>
          {t('boards.save.retry')}
        </button>
      )}
    </span>
  );
}
