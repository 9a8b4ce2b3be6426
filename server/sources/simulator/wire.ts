// How Asterisk writes things on AMI. Text here is a "byte string": every character is one byte (latin1), because names
// need not be UTF-8 and must come out as they went in.

export const MANAGER_VERSION = '12.0.0';
const MICROS = 1_000_000;

export type Fields = readonly (readonly [key: string, value: string | number])[];

/** One AMI message: `Key: value` lines and the empty line that ends it. */
export function renderBlock(fields: Fields): string {
  let text = '';
  for (const [key, value] of fields) text += `${key}: ${value}\r\n`;
  return `${text}\r\n`;
}

export function toByteString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for "ASCII only", control characters included
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The value of a `Timestamp` header: seconds, a point, six digits. */
export function renderStamp(micros: number): string {
  const seconds = Math.floor(micros / MICROS);
  return `${seconds}.${String(micros - seconds * MICROS).padStart(6, '0')}`;
}

export const epochSeconds = (ms: number): number => Math.floor(ms / 1000);

/** app_queue counts in whole seconds of a whole-second clock. */
export const wholeSeconds = (fromMs: number, toMs: number): number => epochSeconds(toMs) - epochSeconds(fromMs);

export function renderDuration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': 'a',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};
const UNESCAPES = Object.fromEntries(Object.entries(ESCAPES).map(([raw, code]) => [code, raw]));

/** Caller names in channel events are C-escaped (`O\'Hara`); in QueueEntry they are not. */
export function escapeC(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that Asterisk escapes
  return text.replace(/[\x07\b\f\n\r\t\v\\'"?]/g, (char) => `\\${ESCAPES[char]}`);
}

export function unescapeC(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (whole, code: string) => UNESCAPES[code] ?? whole) : text;
}
