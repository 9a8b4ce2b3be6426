// Bytes of an AMI client to actions. Asterisk reads lines ended by LF (CR before it is dropped), takes `Key:value` with or
// without the space, and answers an empty message with an error instead of skipping it.

const MAX_LINE_BYTES = 1024;
const LF = 0x0a;

export interface AmiAction {
  name: string;
  /** Byte string; echoed as it came. */
  actionId: string | undefined;
  /** Value of a header as a byte string; header names are case-insensitive. */
  get(header: string): string | undefined;
}

export type Framed = { kind: 'action'; action: AmiAction } | { kind: 'missing-action' } | { kind: 'line-too-long' };

export function createActionFraming(): (chunk: Buffer) => Framed[] {
  let pending: Buffer = Buffer.alloc(0);
  let lines: string[] = [];
  let tooLong = false;

  return (chunk) => {
    const framed: Framed[] = [];
    let rest = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      const line = rest.subarray(0, end).toString('latin1').replace(/\r$/, '');
      rest = rest.subarray(end + 1);
      if (line.length > MAX_LINE_BYTES) tooLong = true;
      if (line !== '') {
        lines.push(line);
        continue;
      }
      framed.push(tooLong ? { kind: 'line-too-long' } : frame(lines));
      lines = [];
      tooLong = false;
    }
    if (rest.length > MAX_LINE_BYTES) {
      // One byte stands for what was dropped, so that the line's end isn't taken for an empty line.
      tooLong = true;
      rest = Buffer.from('x');
    }
    pending = Buffer.from(rest);
    return framed;
  };
}

function frame(lines: readonly string[]): Framed {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const key = line.slice(0, colon).trim().toLowerCase();
    if (!headers.has(key)) headers.set(key, line.slice(colon + 1).replace(/^ +/, ''));
  }
  const name = headers.get('action');
  if (name === undefined || name === '') return { kind: 'missing-action' };
  const get = (header: string): string | undefined => headers.get(header.toLowerCase());
  return { kind: 'action', action: { name, actionId: headers.get('actionid'), get } };
}
