import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchSites, type SiteName } from './api.ts';
import { LANGUAGES } from './i18n/i18n.ts';
import { Given } from './ui/given.tsx';
import './start-page.css';

const LANGUAGE_NAMES = { 'zh-CN': '中文', en: 'English' } as const;

/** Where a person begins: which screen, which language, which site. */
export function StartPage(): ReactNode {
  const { t } = useTranslation();
  const [sites, setSites] = useState<readonly SiteName[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    // Without the list the links still lead to the default site.
    fetchSites(abort.signal).then(setSites, () => {});
    return () => abort.abort();
  }, []);
  const shown = sites.length > 0 ? sites : [{ id: '', name: '' }];
  return (
    <main className="start">
      <header>
        <h1 className="start__name">{t('app.name')}</h1>
        <p className="start__tagline">{t('app.tagline')}</p>
      </header>
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
    </main>
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
