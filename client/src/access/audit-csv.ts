/** The audit log as a table that spreadsheets open. Pure. */
import type { AuditEntry } from '../../../shared/api-access.ts';

const COLUMNS = [
  'number',
  'at',
  'who',
  'whoKind',
  'whoId',
  'act',
  'sentence',
  'site',
  'subject',
  'reason',
  'before',
  'after',
  'from',
];

export function auditCsv(entries: readonly AuditEntry[], sentence: (entry: AuditEntry) => string): string {
  const rows = entries.map((entry) => [
    String(entry.number),
    new Date(entry.at).toISOString(),
    entry.who.name,
    entry.who.kind,
    entry.who.id,
    entry.act,
    sentence(entry),
    entry.site ?? '',
    entry.subject,
    entry.reason ?? '',
    json(entry.before),
    json(entry.after),
    entry.from,
  ]);
  // Without the mark at its head spreadsheets read the Chinese in it as something else.
  return `\uFEFF${[COLUMNS, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

const json = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value));

/** What a spreadsheet would take for a formula is text here: names come from outside. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
