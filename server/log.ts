/**
 * One logger for the process. Text lines for people, JSON for collectors. What must hold: no secret and no caller ever
 * reaches a line. Fields with tell-tale names are redacted here; code does not log events or raw source messages.
 */
import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const HIDDEN = [
  'password',
  'secret',
  'token',
  'adminToken',
  'authorization',
  'cookie',
  'caller',
  'callerId',
  'callerNumber',
  'callerName',
  'number',
];
const REDACTED = HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
}

export function createLogger({ level, format, write }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: REDACTED, censor: '[hidden]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    { write: format === 'json' ? write : (line: string) => write(toText(line)) },
  );
}

/** Hides the password of a URL so that it can be logged. Text that is no URL is hidden whole. */
export function hidePassword(url: string): string {
  // Several hosts make it no URL for the parser.
  const cluster = /^(rediss?\+cluster:\/\/)(?:([^:@/]*)(:[^@/]*)?@)?([^@/]+\/?)$/i.exec(url);
  if (cluster) {
    const [, scheme = '', user, password, hosts = ''] = cluster;
    return `${scheme}${user === undefined ? '' : `${user}${password === undefined ? '' : ':***'}@`}${hosts}`;
  }
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    // Where the host is a folder, PostgreSQL's URLs have it here.
    if (parsed.searchParams.has('password')) parsed.searchParams.set('password', '***');
    return parsed.href;
  } catch {
    return '[hidden]';
  }
}

/** Message first; the stack stays with it because an unexpected error without one cannot be found. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  const code = 'code' in error ? { code: error.code } : {};
  return { message: error.message, ...code, stack: error.stack, ...cause };
}

/** `20:15:03.120 WARN  text  key=value`. Errors get their stack on lines of their own. */
function toText(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = [clock, String(level).toUpperCase().padEnd(5), msg ?? '', ...pairs].join(' ').trimEnd();
  if (err === undefined) return `${head}\n`;
  const { message, stack } = (err ?? {}) as { message?: string; stack?: string };
  return `${head} error=${JSON.stringify(message ?? err)}\n${level === 'error' || level === 'fatal' ? `${stack ?? ''}\n` : ''}`;
}
