/** `ami://user:secret@host:5038?site=main`. What must hold: no message of an error ever contains the secret. */

export interface AmiUrl {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly secret: string;
  readonly site: string;
  /** `auto`: MD5 where the PBX offers it, else plain. `md5` never sends the secret. */
  readonly auth: 'auto' | 'md5' | 'plain';
  /** Null for `ami://`. */
  readonly tls: { readonly isVerified: boolean; readonly caPath: string | null } | null;
}

export class AmiUrlError extends Error {
  override readonly name = 'AmiUrlError';
  readonly issues: readonly string[];

  constructor(issues: readonly string[]) {
    super(`not a usable AMI address: ${issues.join('; ')}`);
    this.issues = issues;
  }
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'ami:': 5038, 'amis:': 5039 };
const OPTIONS = new Set(['site', 'auth', 'ca', 'tls']);
const SITE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Asterisk refuses a line over 1,024 bytes; a line end in a credential would be a second header. */
const MAX_CREDENTIAL_BYTES = 500;

/** Throws an `AmiUrlError` that names every problem at once. */
export function parseAmiUrl(text: string): AmiUrl {
  // The error of `new URL` quotes its input, and with it the secret: it must not become a cause.
  const url = URL.parse(text);
  if (url === null) {
    throw new AmiUrlError([
      'it is no URL (percent-encode special characters of user and secret: "/" is %2F, "#" is %23)',
    ]);
  }
  const issues: string[] = [];
  const isTls = url.protocol === 'amis:';
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) issues.push('it must begin with ami:// or amis://');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') issues.push('the host is missing');
  const port = url.port === '' ? (defaultPort ?? 0) : Number(url.port);
  if (url.port !== '' && port === 0) issues.push('port 0 cannot be connected to');
  if (url.pathname !== '' && url.pathname !== '/') issues.push('nothing may stand between the port and "?"');
  if (url.hash !== '') issues.push('"#" begins a fragment: percent-encode it as %23');
  const username = readCredential('user', url.username, issues);
  const secret = readCredential('secret', url.password, issues);

  for (const name of new Set(url.searchParams.keys())) {
    if (!OPTIONS.has(name)) issues.push(`unknown option (known are ${[...OPTIONS].join(', ')})`);
    else if (url.searchParams.getAll(name).length > 1) issues.push(`${name} is given twice`);
  }
  const site = url.searchParams.get('site') ?? 'main';
  if (!SITE.test(site)) issues.push('site must be 1 to 64 letters, digits, "-" or "_"');
  const auth = url.searchParams.get('auth') ?? 'auto';
  if (auth !== 'auto' && auth !== 'md5' && auth !== 'plain') issues.push('auth must be auto, md5 or plain');
  const tls = url.searchParams.get('tls') ?? 'verified';
  if (tls !== 'verified' && tls !== 'unverified') issues.push('tls must be verified or unverified');
  const caPath = url.searchParams.get('ca');
  if (caPath === '') issues.push('ca must be the path of a PEM file');
  if (!isTls && (caPath !== null || url.searchParams.has('tls'))) issues.push('ca and tls need amis://');
  if (issues.length > 0) throw new AmiUrlError(issues);

  return {
    host,
    port,
    username,
    secret,
    site,
    auth: auth as AmiUrl['auth'],
    tls: isTls ? { isVerified: tls === 'verified', caPath } : null,
  };
}

/** For logs and screens: everything but the secret. */
export function describeAmiUrl({ host, port, username, tls }: AmiUrl): string {
  const at = host.includes(':') ? `[${host}]` : host;
  return `${tls === null ? 'ami' : 'amis'}://${encodeURIComponent(username)}@${at}:${port}`;
}

function readCredential(what: string, encoded: string, issues: string[]): string {
  let value = '';
  try {
    value = decodeURIComponent(encoded);
  } catch {
    issues.push(`the ${what} has a "%" that begins no escape: write it as %25`);
    return value;
  }
  if (value === '') issues.push(`the ${what} is missing`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) issues.push(`the ${what} has a control character`);
  if (Buffer.byteLength(value) > MAX_CREDENTIAL_BYTES)
    issues.push(`the ${what} is longer than ${MAX_CREDENTIAL_BYTES} bytes`);
  return value;
}
