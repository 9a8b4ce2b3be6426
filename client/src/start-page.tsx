import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AccountMenu, ADMIN_PAGES } from './access/account-menu.tsx';
import { FirstPassword } from './access/desk.tsx';
import { signInAddress, useGo } from './access/go.ts';
import { useMay, useSession } from './access/session.tsx';
import { fetchSites, type SiteName } from './api.ts';
import { LANGUAGES } from './i18n/i18n.ts';
import { Given } from './ui/given.tsx';
import { LanguageSwitch, ThemeSwitch } from './ui/language-switch.tsx';
import './start-page.css';

const LANGUAGE_NAMES = { 'zh-CN': '中文', en: 'English' } as const;

/** Where a person begins: which screen, which language, which site, and what else is theirs. */
export function StartPage(): ReactNode {
  const { t } = useTranslation();
  const { answer } = useSession();
  const go = useGo();
  const mustSignIn = answer?.isSetUp === true && answer.who === null;
  useEffect(() => {
    if (mustSignIn) go(signInAddress(location));
  }, [mustSignIn, go]);
  if (mustSignIn) return null;
  if (answer?.person?.mustChangePassword) return <FirstPassword />;
  // Nobody may look from here before it is set up; until the server has said so the links stand as ever.
  const maySee = answer === null || answer.who !== null;
  return (
    <main className="start">
      <header className="start__head">
        <div>
          <h1 className="start__name">{t('app.name')}</h1>
          <p className="start__tagline">{t('app.tagline')}</p>
        </div>
        <span className="start__tools">
          <ThemeSwitch />
          <LanguageSwitch />
          {answer?.isSetUp && <AccountMenu />}
        </span>
      </header>
      {answer?.isSetUp === false && <Invitation canSetUp={answer.canSetUp} />}
      {maySee && <Sites isKnown={answer !== null} />}
      <AdminPages />
    </main>
  );
}

function Invitation({ canSetUp }: { canSetUp: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="start__invite" aria-labelledby="invite">
      <div>
        <h2 id="invite">{t('access.setUp.inviteTitle')}</h2>
        <p>{canSetUp ? t('access.setUp.inviteLead') : t('access.setUp.elsewhereLead')}</p>
      </div>
      {canSetUp && (
        <a className="button button--primary" href="/setup">
          {t('access.setUp.invite')}
        </a>
      )}
    </section>
  );
}

function Sites({ isKnown }: { isKnown: boolean }): ReactNode {
  const { t } = useTranslation();
  const [sites, setSites] = useState<readonly SiteName[]>([]);
  useEffect(() => {
    // Who looks decides which sites there are; somebody may be signed in and yet see none, until they chose a password.
    if (!isKnown) return;
    const abort = new AbortController();
    // Without the list the links still lead to the default site.
    fetchSites(abort.signal).then(setSites, () => {});
    return () => abort.abort();
  }, [isKnown]);
  const shown = sites.length > 0 ? sites : [{ id: '', name: '' }];
  return (
    <ul className="start__sites">
      {shown.map((site) => (
        <li key={site.id} className="start__site">
          {site.name && (
            <h2>
              <Given text={site.name} />
            </h2>
          )}
          <Screen path="/wall" site={site.id} name={t('app.wall')} hint={t('app.wallHint')} />
          <Screen path="/floor" site={site.id} name={t('app.floor')} hint={t('app.floorHint')} />
        </li>
      ))}
    </ul>
  );
}

function Screen({ path, site, name, hint }: { path: string; site: string; name: string; hint: string }): ReactNode {
  return (
    <div className="start__screen">
      <div>
        <h3>{name}</h3>
        <p>{hint}</p>
      </div>
      <p>
        {LANGUAGES.map((language) => (
          <a
            key={language}
            lang={language}
            href={`${path}?${new URLSearchParams({ ...(site && { site }), lang: language })}`}
          >
            {LANGUAGE_NAMES[language]}
          </a>
        ))}
      </p>
    </div>
  );
}

/** What only some people may: it is not there for others. */
function AdminPages(): ReactNode {
  const { t } = useTranslation();
  const may = useMay();
  const { answer } = useSession();
  const pages = answer?.isSetUp ? ADMIN_PAGES.filter(({ right }) => may(right)) : [];
  if (pages.length === 0) return null;
  return (
    <section className="start__site">
      <h2>{t('access.start.manage')}</h2>
      {pages.map(({ path, page }) => (
        <div key={path} className="start__screen">
          <div>
            <h3>{t(`access.${page}.title`)}</h3>
            <p>{t(`access.start.${page}Hint`)}</p>
          </div>
          <p>
            <a href={path} aria-label={`${t('access.start.open')}: ${t(`access.${page}.title`)}`}>
              {t('access.start.open')}
            </a>
          </p>
        </div>
      ))}
    </section>
  );
}
