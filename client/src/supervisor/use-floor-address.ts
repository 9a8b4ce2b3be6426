import { useEffect, useState, useSyncExternalStore } from 'react';
import { type FloorAddress, type OpenDrawer, readAddress, writeAddress } from './floor-address.ts';

/** Browsers refuse an address that changes with every key; what was typed stands there a moment later. */
const WRITE_AFTER_MS = 300;
/** Marks the entries of the history that opening a drawer made: closing it goes back over them. */
const OPENED = 'floorcast.drawer';

/** The floor's address as state. Filters replace the entry of the history, a drawer is an entry of its own. */
export class FloorAddressStore {
  #address: FloorAddress = readAddress(location.search);
  #handle: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<() => void>();

  readonly read = (): FloorAddress => this.#address;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Follows the back button until the returned function is called. */
  follow(): () => void {
    const onPop = (): void => {
      // What was still to be written belonged to the entry that was left.
      this.#cancel();
      this.#set(readAddress(location.search));
    };
    window.addEventListener('popstate', onPop);
    return () => {
      this.#flush();
      window.removeEventListener('popstate', onPop);
    };
  }

  readonly change = (change: Partial<FloorAddress>): void => {
    this.#set({ ...this.#address, ...change });
    this.#cancel();
    this.#handle = setTimeout(() => this.#flush(), WRITE_AFTER_MS);
  };

  readonly open = (drawer: OpenDrawer): void => {
    this.#flush();
    this.#set({ ...this.#address, drawer });
    history.pushState({ [OPENED]: true }, '', this.#text());
  };

  readonly close = (): void => {
    this.#flush();
    // A drawer that a link opened has no floor behind it to go back to.
    if ((history.state as Record<string, unknown> | null)?.[OPENED] === true) return history.back();
    this.change({ drawer: null });
  };

  #text(): string {
    return `${location.pathname}${writeAddress(location.search, this.#address)}${location.hash}`;
  }

  #flush(): void {
    if (this.#handle === null) return;
    this.#cancel();
    history.replaceState(history.state, '', this.#text());
  }

  #cancel(): void {
    if (this.#handle !== null) clearTimeout(this.#handle);
    this.#handle = null;
  }

  #set(address: FloorAddress): void {
    this.#address = address;
    for (const listener of this.#listeners) listener();
  }
}

export function useFloorAddress(): { readonly address: FloorAddress; readonly store: FloorAddressStore } {
  const [store] = useState(() => new FloorAddressStore());
  useEffect(() => store.follow(), [store]);
  return { address: useSyncExternalStore(store.subscribe, store.read), store };
}
