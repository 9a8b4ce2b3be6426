import { createContext, useContext } from 'react';

/** Leaves the page. A full load: what the next page may see is asked for anew, the live connection included. */
export const GoContext = createContext<(address: string) => void>((address) => location.assign(address));

export const useGo = (): ((address: string) => void) => useContext(GoContext);

const SIGN_IN = '/sign-in';

/** Where to go once signed in: a page of this server, whatever the address bar says. Absolute, so that `//` is no host. */
export function nextAddress(search: string, origin: string): string {
  const home = `${origin}/`;
  const wish = new URLSearchParams(search).get('next');
  if (!wish?.startsWith('/')) return home;
  const url = URL.canParse(wish, origin) ? new URL(wish, origin) : null;
  return url?.origin === origin && url.pathname !== SIGN_IN ? url.href : home;
}

/** Signs in and comes back. */
export function signInAddress({ pathname, search, hash }: Pick<Location, 'pathname' | 'search' | 'hash'>): string {
  const here = `${pathname}${search}${hash}`;
  return here === '/' ? SIGN_IN : `${SIGN_IN}?${new URLSearchParams({ next: here })}`;
}
