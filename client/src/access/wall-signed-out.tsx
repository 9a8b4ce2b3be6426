/** A screen that may not look: calm, with what to do, and back to its numbers by itself. */
import { lazy, type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from './gate.tsx';
import { useSession } from './session.tsx';
import './gate.css';

// Only a TV that waits to be paired draws QR codes.
const PairingPage = lazy(async () => ({ default: (await import('../screen/pairing-page.tsx')).PairingPage }));

const ASK_EVERY_MS = 10_000;

/** The wall as long as it may be seen. Before the server has said a word it shows: a screen must not wait for a check. */
export function WallAccess({ children }: { children: ReactNode }): ReactNode {
  const { answer, ask } = useSession();
  const isOut = answer !== null && answer.who === null;
  useEffect(() => {
    if (!isOut) return;
    const handle = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => clearInterval(handle);
  }, [isOut, ask]);
  if (!isOut) return children;
  return answer.isSetUp ? <PairingPage /> : <WallNotSetUp />;
}

function WallNotSetUp(): ReactNode {
  const { t } = useTranslation();
  useTitle(t('access.wall.title'));
  return (
    <main className="wall-out">
      <img src="/favicon.svg" alt="" width="48" height="48" />
      <h1>{t('access.wall.title')}</h1>
      <p>{t('access.wall.notSetUp')}</p>
      <p className="wall-out__address">{location.host}</p>
    </main>
  );
}
