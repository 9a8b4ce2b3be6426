/** A port to listen on, or a sentence that says why not. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../errors.ts';

/** Connections that wait to be accepted: all screens of a large floor come back at once. The system may allow fewer. */
const BACKLOG = 8_192;

/** Resolves with the port; rejects with what the operator can mend, who set the port by `variable`. */
export function listen(server: Server, host: string, port: number, variable: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new AppError('http.portTaken', listenProblem(error, host, port, variable), { cause: error })),
    );
    server.listen({ port, host, backlog: BACKLOG }, () => resolve((server.address() as AddressInfo).port));
  });
}

function listenProblem({ code, message }: NodeJS.ErrnoException, host: string, port: number, variable: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another process; stop it or set another ${variable}.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this process has; set ${variable} to 1024 or above.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine; correct FLOORCAST_HOST.`;
    default:
      return `The web server cannot listen on ${host}:${port} (${message}); correct FLOORCAST_HOST or ${variable}.`;
  }
}
