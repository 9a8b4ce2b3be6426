/** A TV that may not look: calm, with what to do, and back to its numbers by itself. */
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from './gate.tsx';
import { signInAddress } from './go.ts';
import { useSession } from './session.tsx';
import './gate.css';

const ASK_EVERY_MS = 10_000;

/** The wall as long as it may be seen. Before the server has said a word it shows: a screen must not wait for a check. */
export function WallAccess({ children }: { children: ReactNode }): ReactNode {
  const { answer } = useSession();
  return answer !== null && answer.who === null ? <WallSignedOut isSetUp={answer.isSetUp} /> : children;
}

function WallSignedOut({ isSetUp }: { isSetUp: boolean }): ReactNode {
  const { t } = useTranslation();
  const { ask } = useSession();
  useTitle(t('access.wall.title'));
  useEffect(() => {
    const handle = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => clearInterval(handle);
  }, [ask]);
  return (
    <main className="wall-out">
      <img src="/favicon.svg" alt="" width="48" height="48" />
      <h1>{t('access.wall.title')}</h1>
      <p>{isSetUp ? t('access.wall.lead') : t('access.wall.notSetUp')}</p>
      {isSetUp && (
        <p>
          <a href={signInAddress(location)}>{t('access.wall.signIn')}</a>
        </p>
      )}
      <p className="wall-out__address">{location.host}</p>
    </main>
  );
}
