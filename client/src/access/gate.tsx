/** The calm page before the product: sign-in, set-up, and whatever has to be said instead of a screen. */
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch, ThemeSwitch } from '../ui/language-switch.tsx';
import './gate.css';

interface GateProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}

export function Gate({ title, lead, children }: GateProps): ReactNode {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <div className="gate">
      <main className="gate__main">
        <p className="gate__brand">
          <img src="/favicon.svg" alt="" width="26" height="26" />
          {t('app.name')}
        </p>
        <h1 className="gate__title">{title}</h1>
        {lead && <p className="gate__lead">{lead}</p>}
        {children}
      </main>
      <footer className="gate__foot">
        <LanguageSwitch />
        <ThemeSwitch />
      </footer>
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Floorcast`;
  }, [title]);
}
