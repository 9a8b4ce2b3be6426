/** Who did what, newest first. Entries are never changed, so pages that are here stay. */
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../shared/api-access.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { fetchAudit } from './access-api.ts';
import { AuditEntryRow } from './audit-entry.tsx';
import { AuditExport } from './audit-export.tsx';
import { Shell } from './shell.tsx';

const PAGE = 50;
/** A word is looked for when the typing rests. */
const REST_MS = 300;

export function AuditPage(): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(() => new URLSearchParams(location.search).get('text') ?? '');
  const wanted = useRested(text.trim());
  useEffect(() => {
    const search = new URLSearchParams(location.search);
    if (wanted) search.set('text', wanted);
    else search.delete('text');
    const query = search.toString();
    history.replaceState(null, '', query ? `?${query}` : location.pathname);
  }, [wanted]);
  const audit = useAudit(wanted);
  return (
    <Shell page="audit" tools={<AuditExport text={wanted} />}>
      <div className="bar">
        <input
          type="search"
          className="input bar__search"
          aria-label={t('access.audit.search')}
          placeholder={t('access.audit.search')}
          maxLength={100}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <Button onClick={audit.restart} isBusy={audit.isLoading}>
          {t('access.audit.refresh')}
        </Button>
      </div>
      {audit.entries !== null && <Entries entries={audit.entries} isFiltered={wanted !== ''} />}
      {audit.error !== null && (
        <div className="notice" role="alert">
          <p>{errorText(t, audit.error)}</p>
          <Button onClick={audit.more} isBusy={audit.isLoading}>
            {t('access.form.tryNow')}
          </Button>
        </div>
      )}
      {audit.hasMore && audit.error === null && <More onMore={audit.more} isLoading={audit.isLoading} />}
    </Shell>
  );
}

function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const handle = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(handle);
  }, [text]);
  return rested;
}

interface Audit {
  /** Null before the first page. */
  readonly entries: readonly AuditEntry[] | null;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly more: () => void;
  readonly restart: () => void;
}

interface State {
  readonly entries: readonly AuditEntry[] | null;
  readonly next: number | null;
  readonly isLoading: boolean;
  readonly error: unknown;
}

const NOTHING_YET: State = { entries: null, next: null, isLoading: true, error: null };

function useAudit(text: string): Audit {
  const [state, setState] = useState(NOTHING_YET);
  const running = useRef<AbortController | null>(null);

  const load = useCallback(
    async (known: readonly AuditEntry[], before: number | null): Promise<void> => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setState((now) => ({ ...now, isLoading: true, error: null }));
      try {
        const { entries, next } = await fetchAudit({ text, before, limit: PAGE }, abort.signal);
        if (!abort.signal.aborted) setState({ entries: [...known, ...entries], next, isLoading: false, error: null });
      } catch (error) {
        if (!abort.signal.aborted) setState((now) => ({ ...now, isLoading: false, error }));
      }
    },
    [text],
  );
  useEffect(() => {
    void load([], null);
    return () => running.current?.abort();
  }, [load]);

  const { entries, next, isLoading, error } = state;
  const more = useCallback(() => void load(entries ?? [], next), [load, entries, next]);
  const restart = useCallback(() => void load([], null), [load]);
  return { entries, hasMore: entries === null || next !== null, isLoading, error, more, restart };
}

function Entries({ entries, isFiltered }: { entries: readonly AuditEntry[]; isFiltered: boolean }): ReactNode {
  const { t, i18n } = useTranslation();
  if (entries.length === 0)
    return <p className="list__empty">{isFiltered ? t('access.audit.noMatch') : t('access.audit.none')}</p>;
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'full' });
  const days = new Map<string, AuditEntry[]>();
  for (const entry of entries) {
    const date = day.format(entry.at);
    days.set(date, [...(days.get(date) ?? []), entry]);
  }
  return (
    <div className="audit">
      {[...days].map(([date, ofDay]) => (
        <section key={date} className="audit__day" aria-label={date}>
          <h2>{date}</h2>
          <ol>
            {ofDay.map((entry) => (
              <AuditEntryRow key={entry.number} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

/** Comes into sight when the end is near; whoever goes by keyboard presses it. */
function More({ onMore, isLoading }: { onMore: () => void; isLoading: boolean }): ReactNode {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element || isLoading || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onMore();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [onMore, isLoading]);
  return (
    <div ref={place} className="audit__more">
      <Button onClick={onMore} isBusy={isLoading}>
        {isLoading ? t('access.form.loading') : t('access.audit.more')}
      </Button>
    </div>
  );
}
