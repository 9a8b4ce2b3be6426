import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { startLive } from './live/start-live.ts';
import { LiveProvider } from './live/use-live.tsx';
import { useSite } from './site-choice.ts';
import { StartPage } from './start-page.tsx';

const Wall = lazy(async () => ({ default: (await import('./board/wall.tsx')).Wall }));
const Floor = lazy(async () => ({ default: (await import('./supervisor/floor.tsx')).Floor }));

/** Three addresses, no router: screens do not change into each other. */
export function App({ path }: { path: string }): ReactNode {
  const { t } = useTranslation();
  switch (path.replace(/\/+$/, '')) {
    case '':
      return <StartPage />;
    case '/wall':
      return <LiveScreen screen={<Wall />} />;
    case '/floor':
      return <LiveScreen screen={<Floor />} />;
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
  // Until the site is known the screen shows its skeleton on a channel that never answers.
  return (
    <LiveProvider connection={connection} site={site ?? ''}>
      <Suspense fallback={null}>{screen}</Suspense>
    </LiveProvider>
  );
}
