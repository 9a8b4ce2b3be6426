/** The frame of the pages about people and rights. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch, ThemeSwitch } from '../ui/language-switch.tsx';
import { AccountMenu, ADMIN_PAGES } from './account-menu.tsx';
import { useTitle } from './gate.tsx';
import { useMay } from './session.tsx';
import './access.css';

interface ShellProps {
  readonly page: (typeof ADMIN_PAGES)[number]['page'];
  /** Beside the title: what can be done here. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function Shell({ page, tools, children }: ShellProps): ReactNode {
  const { t } = useTranslation();
  const may = useMay();
  const title = t(`access.${page}.title`);
  useTitle(title);
  return (
    <div className="shell">
      <header className="shell__head">
        <a className="shell__home" href="/" aria-label={t('app.home')}>
          <img src="/favicon.svg" alt="" width="22" height="22" />
        </a>
        <nav className="shell__nav" aria-label={t('access.form.pages')}>
          {ADMIN_PAGES.filter(({ right }) => may(right)).map((one) => (
            <a key={one.path} href={one.path} aria-current={one.page === page ? 'page' : undefined}>
              {t(`access.${one.page}.title`)}
            </a>
          ))}
        </nav>
        <span className="shell__tools">
          <ThemeSwitch />
          <LanguageSwitch />
          <AccountMenu />
        </span>
      </header>
      <main className="shell__main">
        <div className="shell__title">
          <div>
            <h1>{title}</h1>
            <p>{t(`access.${page}.lead`)}</p>
          </div>
          {tools}
        </div>
        {children}
      </main>
    </div>
  );
}
