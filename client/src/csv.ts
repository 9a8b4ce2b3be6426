/** Tables as files that a spreadsheet opens. */

export type CsvCell = string | number | null;

/**
 * Starts of a text that spreadsheets take for a formula, in both widths of letters; names and reasons come from outside.
 * An apostrophe before it makes it the text that it is.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** With a mark in front by which Excel knows UTF-8, and the line ends it expects. */
export function csvOf(rows: readonly (readonly CsvCell[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveFile(name: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then; what is held longer is lost memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** `floorcast-agents-2026-11-21-1432.csv`: in order by the time of the site. `dateTime` as the formats give it. */
export const fileName = (what: string, dateTime: string): string =>
  `floorcast-${what}-${dateTime.slice(0, 16).replace(' ', '-').replace(':', '')}.csv`;
