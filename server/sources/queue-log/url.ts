/** `queue-log:///var/log/asterisk/queue_log?site=main`: the log file of a PBX, as this machine sees it. */
import { isAbsolute } from 'node:path';

export interface QueueLogUrl {
  readonly path: string;
  readonly site: string;
}

export class QueueLogUrlError extends Error {
  override readonly name = 'QueueLogUrlError';
  readonly issues: readonly string[];

  constructor(issues: readonly string[]) {
    super(`not a usable address of a queue log: ${issues.join('; ')}`);
    this.issues = issues;
  }
}

const SITE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** The path is part of the source's id. */
const MAX_PATH = 200;

/** Throws a `QueueLogUrlError` that names every problem at once. */
export function parseQueueLogUrl(text: string): QueueLogUrl {
  const url = URL.parse(text);
  if (url === null) throw new QueueLogUrlError(['it is no URL; write it like queue-log:///var/log/asterisk/queue_log']);
  const issues: string[] = [];
  if (url.host !== '' || url.username !== '')
    issues.push(`three slashes before the path: queue-log:///${url.host}${url.pathname}`);
  let path = '';
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    issues.push('the path has a "%" that begins no escape: write it as %25');
  }
  if (path.length > MAX_PATH) issues.push(`the path is longer than ${MAX_PATH} characters`);
  if (issues.length === 0 && (!isAbsolute(path) || path.endsWith('/')))
    issues.push('give the absolute path of the file, such as /var/log/asterisk/queue_log');
  if (url.hash !== '') issues.push('"#" begins a fragment: percent-encode it as %23');
  for (const name of new Set(url.searchParams.keys())) {
    if (name !== 'site') issues.push('unknown option (known is site)');
    else if (url.searchParams.getAll(name).length > 1) issues.push('site is given twice');
  }
  const site = url.searchParams.get('site') ?? 'main';
  if (!SITE.test(site)) issues.push('site must be 1 to 64 letters, digits, "-" or "_"');
  if (issues.length > 0) throw new QueueLogUrlError(issues);
  return { path, site };
}
