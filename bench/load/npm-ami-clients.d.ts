/** The little that is used of packages that ship no types. */
declare module 'asterisk-manager' {
  interface Manager {
    on(event: 'managerevent', listener: (event: { readonly event: string }) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    disconnect(): void;
  }
  function createManager(port: number, host: string, username: string, secret: string, wantsEvents: boolean): Manager;
  export = createManager;
}

declare module 'asterisk-ami-client' {
  class AmiClient {
    constructor(options: { keepAlive: boolean; reconnect: boolean });
    on(event: 'event', listener: (event: { readonly Event: string }) => void): void;
    connect(username: string, secret: string, server: { host: string; port: number }): Promise<unknown>;
    disconnect(): void;
  }
  export = AmiClient;
}

declare module 'asterisk-ami-events-stream' {
  import { Transform } from 'node:stream';

  class AmiEventsStream extends Transform {
    on(event: 'amiEvent', listener: (event: { readonly Event: string }) => void): this;
    on(event: string, listener: (...args: never[]) => void): this;
  }
  export = AmiEventsStream;
}
