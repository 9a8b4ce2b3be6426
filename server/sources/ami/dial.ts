/** The socket to a PBX, plain or TLS. */
import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { AmiUrl } from './url.ts';

/** Read for each connection, so that a renewed certificate needs no restart. */
export async function readCa({ tls }: AmiUrl): Promise<string | null> {
  return tls?.caPath ? await readFile(tls.caPath, 'utf8') : null;
}

export function openSocket({ host, port, tls }: AmiUrl, ca: string | null): Socket {
  const socket = tls
    ? connectTls({
        host,
        port,
        rejectUnauthorized: tls.isVerified,
        ...(ca === null ? {} : { ca }),
        ...(isIP(host) ? {} : { servername: host }),
      })
    : connect({ host, port });
  return socket.setNoDelay(true);
}

/** What an operator can look up; never the message, which may quote input. */
export const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown error';
