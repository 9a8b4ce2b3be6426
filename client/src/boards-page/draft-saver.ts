/**
 * Keeps what is being designed on the server, by version: what somebody else saved meanwhile is never overwritten without
 * asking, and what is designed here stays here until it is known to be saved.
 */
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { codeOf } from '../api.ts';
import type { Sheet } from './editor-state.ts';

const REST_MS = 600;
const RETRY_MS = 5_000;

export type SaveState =
  | { readonly is: 'saved' | 'waiting' | 'saving' }
  | { readonly is: 'failed'; readonly error: unknown }
  /** Another edition is saved; what is here waits for a decision. */
  | { readonly is: 'conflict'; readonly theirs: StoredBoard };

export interface DraftServer {
  save(version: number, sheet: Sheet): Promise<StoredBoard>;
  read(): Promise<StoredBoard>;
  /** Runs it once, later; gives what calls that off. */
  later(run: () => void, ms: number): () => void;
}

export const sheetOf = ({ name, draft }: StoredBoard): Sheet => ({ name, board: draft });
const isSameSheet = (a: Sheet, b: Sheet): boolean => JSON.stringify(a) === JSON.stringify(b);

export class DraftSaver {
  readonly #server: DraftServer;
  readonly #listeners = new Set<() => void>();
  #stored: StoredBoard;
  #saved: Sheet;
  #wanted: Sheet;
  #state: SaveState = { is: 'saved' };
  #running: Promise<void> | null = null;
  #callOff: () => void = () => {};

  constructor(stored: StoredBoard, server: DraftServer) {
    this.#server = server;
    this.#stored = stored;
    this.#saved = sheetOf(stored);
    this.#wanted = this.#saved;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly state = (): SaveState => this.#state;
  /** As the server told it last. */
  readonly stored = (): StoredBoard => this.#stored;

  edit(sheet: Sheet): void {
    this.#wanted = sheet;
    if (this.#state.is === 'conflict' || this.#running) return;
    this.#callOff();
    if (isSameSheet(sheet, this.#saved)) return this.#say({ is: 'saved' });
    this.#say({ is: 'waiting' });
    this.#plan(REST_MS);
  }

  /** Saves now. Resolves when nothing more can be done; `state` says how it ended. */
  async flush(): Promise<SaveState> {
    this.#callOff();
    while (this.#running) await this.#running;
    if (this.#state.is === 'waiting' || this.#state.is === 'failed') await this.#save();
    return this.#state;
  }

  /** Whether somebody else saved it since. */
  async look(): Promise<void> {
    if (this.#running || this.#state.is === 'conflict') return;
    const theirs = await this.#server.read();
    if (this.#running || theirs.version <= this.#stored.version) return;
    this.#meet(theirs);
  }

  /** The answer to an act that leaves the draft as it is. */
  told(stored: StoredBoard): void {
    this.#stored = stored;
    this.#tell();
  }

  /** Over what somebody else saved, which they can find in the audit log. */
  async keepMine(): Promise<void> {
    if (this.#state.is !== 'conflict') return;
    this.#adopt(this.#state.theirs);
    this.#say({ is: 'waiting' });
    await this.#save();
  }

  /** What to go on with; what was here is the caller's to keep. */
  takeTheirs(): Sheet {
    if (this.#state.is === 'conflict') this.#adopt(this.#state.theirs);
    this.#wanted = this.#saved;
    this.#say({ is: 'saved' });
    return this.#saved;
  }

  #save(): Promise<void> {
    this.#running ??= this.#send().finally(() => {
      this.#running = null;
      // What was designed meanwhile.
      if (this.#state.is === 'saved') this.edit(this.#wanted);
    });
    return this.#running;
  }

  async #send(): Promise<void> {
    const sent = this.#wanted;
    this.#say({ is: 'saving' });
    try {
      this.#stored = await this.#server.save(this.#stored.version, sent);
      this.#saved = sent;
      this.#say({ is: 'saved' });
    } catch (error) {
      if (codeOf(error) === 'board.conflict') await this.#meetNewest();
      else this.#fail(error);
    }
  }

  async #meetNewest(): Promise<void> {
    try {
      this.#meet(await this.#server.read());
    } catch (error) {
      this.#fail(error);
    }
  }

  #meet(theirs: StoredBoard): void {
    this.#callOff();
    // The answer to our own request was lost on its way: it is our edition.
    if (!isSameSheet(sheetOf(theirs), this.#wanted)) return this.#say({ is: 'conflict', theirs });
    this.#adopt(theirs);
    this.#say({ is: 'saved' });
  }

  #adopt(theirs: StoredBoard): void {
    this.#stored = theirs;
    this.#saved = sheetOf(theirs);
  }

  /** Nothing is given up: it is tried again, with what is designed by then. */
  #fail(error: unknown): void {
    this.#say({ is: 'failed', error });
    this.#plan(RETRY_MS);
  }

  #plan(ms: number): void {
    this.#callOff();
    this.#callOff = this.#server.later(() => void this.#save(), ms);
  }

  #say(state: SaveState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
