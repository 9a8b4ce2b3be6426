/** What feeds the sites: FLOORCAST_SOURCES as text in, addresses out. A problem never repeats a URL, which may hold a password. */
import { z } from 'zod';
import { type AmiUrl, AmiUrlError, describeAmiUrl, parseAmiUrl } from './sources/ami/url.ts';
import { parseQueueLogUrl, type QueueLogUrl, QueueLogUrlError } from './sources/queue-log/url.ts';

/** URL schemes of sources that exist. */
const SOURCE_SCHEMES: readonly string[] = ['ami', 'amis', 'queue-log'];
export const SOURCE_EXAMPLE = 'ami://user:secret@host:5038?site=main';

export type SourceConfig =
  | { readonly kind: 'ami'; readonly site: string; readonly address: AmiUrl }
  | { readonly kind: 'queue-log'; readonly site: string; readonly address: QueueLogUrl };

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

export const sources = z.string().transform((text, context) => {
  const found: SourceConfig[] = [];
  for (const [index, word] of words(text).entries()) {
    try {
      found.push(parseSource(word));
    } catch (error) {
      if (!(error instanceof AmiUrlError || error instanceof QueueLogUrlError)) throw error;
      context.addIssue({
        code: 'custom',
        message: `source ${index + 1} of ${words(text).length}: ${error.issues.join('; ')}`,
      });
    }
  }
  for (const message of logProblems(found)) context.addIssue({ code: 'custom', message });
  return found;
});

/** A log proves what one connection tells: it must be plain whose log it is. */
function logProblems(found: readonly SourceConfig[]): string[] {
  const problems: string[] = [];
  for (const site of new Set(found.map((source) => source.site))) {
    const count = (wanted: SourceConfig['kind']) =>
      found.filter((source) => source.site === site && source.kind === wanted).length;
    if (count('queue-log') > 1) problems.push(`site "${site}" has two logs; give each PBX a site of its own`);
    else if (count('queue-log') === 1 && count('ami') > 1)
      problems.push(`site "${site}" has a log beside two PBXs; give each PBX with its log a site of its own`);
  }
  return problems;
}

function parseSource(text: string): SourceConfig {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw new AmiUrlError([`not a URL; write it like ${SOURCE_EXAMPLE}`]);
  if (!SOURCE_SCHEMES.includes(scheme)) {
    throw new AmiUrlError([
      `unknown scheme ${scheme}://; use ${SOURCE_SCHEMES.map((name) => `${name}://`).join(' or ')} like ${SOURCE_EXAMPLE}`,
    ]);
  }
  if (scheme === 'queue-log') {
    const address = parseQueueLogUrl(text);
    return { kind: 'queue-log', site: address.site, address };
  }
  const address = parseAmiUrl(text);
  return { kind: 'ami', site: address.site, address };
}

/** For logs and as the id of the source: everything but the secret. */
export function describeSource(source: SourceConfig): string {
  return source.kind === 'ami' ? describeAmiUrl(source.address) : `queue-log://${source.address.path}`;
}
