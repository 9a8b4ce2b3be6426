import { lazy, type ReactNode, Suspense, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Desk } from './access/desk.tsx';
import { SessionProvider, useSession } from './access/session.tsx';
import { WallAccess } from './access/wall-signed-out.tsx';
import type { LiveConnection } from './live/live-connection.ts';
import { startLive } from './live/start-live.ts';
import { LiveProvider } from './live/use-live.tsx';
import { useSite } from './site-choice.ts';
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
          <LiveScreen screen={<Wall />} />
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
    default:
      return (
        <main className="start">
          <h1 className="start__name">{t('app.notFound')}</h1>
          <a href="/">{t('app.home')}</a>
        </main>
      );
  }
}

function LiveScreen({ screen }: { screen: ReactNode }): ReactNode {
  const query = useMemo(() => new URLSearchParams(location.search), []);
  const site = useSite(query);
  const connection = useMemo(startLive, []);
  useAskWhenCut(connection, site ?? '');
  // Until the site is known the screen shows its skeleton on a channel that never answers.
  return (
    <LiveProvider connection={connection} site={site ?? ''}>
      <Suspense fallback={null}>{screen}</Suspense>
    </LiveProvider>
  );
}

/** A socket is the first to feel that somebody was signed out: it is refused, or cut. */
function useAskWhenCut(connection: LiveConnection, site: string): void {
  const { ask } = useSession();
  const state = useSyncExternalStore(connection.subscribe, () => connection.stateOf(site));
  useEffect(() => {
    if (state === 'refused' || state === 'disconnected') void ask();
  }, [state, ask]);
}
