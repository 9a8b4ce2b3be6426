import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../shared/api-access.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { fetchAudit } from './access-api.ts';
import { auditCsv } from './audit-csv.ts';
import { sentenceText } from './audit-sentence.ts';

const PAGE = 200;
const KEPT_MS = 60_000;

/** Every entry that matches, not only those in sight. */
export function AuditExport({ text }: { text: string }): ReactNode {
  const { t } = useTranslation();
  const [count, setCount] = useState(0);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const { isBusy, error, submit } = useSubmit(async () => {
    const running = new AbortController();
    abort.current = running;
    setCount(0);
    const entries: AuditEntry[] = [];
    let before: number | null = null;
    do {
      const page = await fetchAudit({ text, before, limit: PAGE }, running.signal);
      entries.push(...page.entries);
      before = page.next;
      setCount(entries.length);
    } while (before !== null);
    save(auditCsv(entries, (entry) => sentenceText(t, entry)));
  });
  return (
    <div className="export">
      <span className="export__state" role="status">
        {error !== null ? errorText(t, error) : isBusy && t('access.audit.exporting', { count })}
      </span>
      <Button onClick={() => submit()} isBusy={isBusy}>
        {t('access.audit.export')}
      </Button>
    </div>
  );
}

function save(csv: string): void {
  const address = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `audit-${localDate(Date.now())}.csv`;
  link.click();
  // Some browsers begin to read only after the click.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

const localDate = (now: number): string =>
  new Date(now - new Date(now).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
