import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Desk } from './access/desk.tsx';
import { SessionProvider, useWho } from './access/session.tsx';
import { WallAccess } from './access/wall-signed-out.tsx';
import { LiveScreen } from './live-screen.tsx';
import { keptWanted } from './screen/kept-wanted.ts';
import { StartPage } from './start-page.tsx';
import { ToastProvider } from './ui/toast.tsx';

const Wall = lazy(async () => ({ default: (await import('./board/wall.tsx')).Wall }));
const Floor = lazy(async () => ({ default: (await import('./supervisor/floor.tsx')).Floor }));
const SetUpPage = lazy(async () => ({ default: (await import('./access/set-up-page.tsx')).SetUpPage }));
const SignInPage = lazy(async () => ({ default: (await import('./access/sign-in-page.tsx')).SignInPage }));
const SignOnReturnPage = lazy(async () => ({
  default: (await import('./access/single-sign-on.tsx')).SignOnReturnPage,
}));
const PeoplePage = lazy(async () => ({ default: (await import('./access/people-page.tsx')).PeoplePage }));
const TokensPage = lazy(async () => ({ default: (await import('./access/tokens-page.tsx')).TokensPage }));
const PairedWall = lazy(async () => ({ default: (await import('./screen/paired-wall.tsx')).PairedWall }));
const ScreensPage = lazy(async () => ({ default: (await import('./fleet/screens-page.tsx')).ScreensPage }));
const BoardsPage = lazy(async () => ({ default: (await import('./boards-page/boards-page.tsx')).BoardsPage }));
const EditorPage = lazy(async () => ({ default: (await import('./boards-page/editor-page.tsx')).EditorPage }));
const BreaksPage = lazy(async () => ({ default: (await import('./breaks/breaks-page.tsx')).BreaksPage }));
const AuditPage = lazy(async () => ({ default: (await import('./access/audit-page.tsx')).AuditPage }));

/** A handful of addresses, no router: screens do not change into each other. */
export function App({ path }: { path: string }): ReactNode {
  return (
    <SessionProvider>
      <ToastProvider>
        <Suspense fallback={null}>
          <Screen path={path.replace(/\/+$/, '')} />
        </Suspense>
      </ToastProvider>
    </SessionProvider>
  );
}

function Screen({ path }: { path: string }): ReactNode {
  const { t } = useTranslation();
  switch (path) {
    case '':
      return <StartPage />;
    case '/wall':
      return (
        <WallAccess>
          <AnyWall />
        </WallAccess>
      );
    case '/floor':
      return (
        <Desk right="numbers.view">
          <LiveScreen screen={<Floor />} />
        </Desk>
      );
    case '/setup':
      return <SetUpPage />;
    case '/sign-in':
      return <SignInPage />;
    case '/sign-in/return':
      return <SignOnReturnPage />;
    case '/people':
      return (
        <Desk right="people.manage" keepsPage>
          <PeoplePage />
        </Desk>
      );
    case '/tokens':
      return (
        <Desk right="token.manage" keepsPage>
          <TokensPage />
        </Desk>
      );
    case '/audit':
      return (
        <Desk right="audit.view" keepsPage>
          <AuditPage />
        </Desk>
      );
    case '/breaks':
      return (
        <Desk right="agents.view" keepsPage>
          <BreaksPage />
        </Desk>
      );
    case '/screens':
      return (
        <Desk right="screen.manage" keepsPage>
          <ScreensPage />
        </Desk>
      );
    case '/boards':
      return (
        <Desk right="board.edit" keepsPage>
          <BoardsPage />
        </Desk>
      );
    default: {
      const board = /^\/boards\/([\w-]{1,64})$/.exec(path)?.[1];
      if (board !== undefined)
        return (
          <Desk right="board.edit" keepsPage>
            <EditorPage board={board} />
          </Desk>
        );
      return (
        <main className="start">
          <h1 className="start__name">{t('app.notFound')}</h1>
          <a href="/">{t('app.home')}</a>
        </main>
      );
    }
  }
}

/** The wall of a person as the address says, that of a TV as it was told. */
function AnyWall(): ReactNode {
  const who = useWho();
  const isTv = who === null ? keptWanted() !== null : who.kind === 'screen';
  return isTv ? <PairedWall wall={<Wall />} /> : <LiveScreen screen={<Wall />} />;
}
