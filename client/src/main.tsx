import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/noto-sans-sc/index.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import './charts/charts.css';
import { App } from './app.tsx';
import { chooseLanguage, createI18n, storedLanguage } from './i18n/i18n.ts';
import { applyTheme, storedTheme } from './ui/theme.ts';

const language = chooseLanguage(new URLSearchParams(location.search), storedLanguage(), navigator.languages);
document.documentElement.lang = language;
// Walls are dark whatever was chosen on a desk.
applyTheme(location.pathname.startsWith('/wall') ? 'dark' : storedTheme());

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={createI18n(language)}>
        <App path={location.pathname} />
      </I18nextProvider>
    </StrictMode>,
  );
}
