// One AMI client: login state, its actions and their answers, and the bytes that still have to reach it.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type AmiAction, createActionFraming } from './action-framing.ts';
import { answerAction } from './actions.ts';
import { renderResponse } from './answers.ts';
import type { FaultInjector, Greeting } from './faults.ts';
import type { Pbx } from './pbx.ts';
import { MANAGER_VERSION, renderBlock, toByteString } from './wire.ts';

export interface SessionDeps {
  pbx: Pbx;
  credentials: { username: string; secret: string };
  /** Classes of `write` that the user has; null for all. */
  write: ReadonlySet<string> | null;
  faults: FaultInjector;
  greeting: Greeting;
  /** A client that lets more than this pile up is dropped, its last message cut, as Asterisk does. */
  maxQueuedBytes: number;
  /** The MD5 challenge; a parameter so that a test can know it. */
  challenge(): string;
  onLogin(session: AmiSession): void;
  onAnswered(session: AmiSession, action: AmiAction): void;
  onClosed(session: AmiSession): void;
}

/** Events a session wants: all, none, or these privilege classes. */
type EventMask = 'all' | 'none' | ReadonlySet<string>;

const EVENT_CLASSES = new Set(
  'system,call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,agi,cc,aoc,test,security,message'.split(
    ',',
  ),
);

export class AmiSession {
  readonly #socket: Socket;
  readonly #deps: SessionDeps;
  readonly #frame = createActionFraming();
  #loggedIn = false;
  #challenge: string | undefined;
  #mask: EventMask = 'all';
  /** Bytes kept back by the mute switch or waiting to be written in pieces. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #pumping = false;
  #ending = false;
  readonly #isDeaf: boolean;
  #waiters: (() => void)[] = [];

  constructor(socket: Socket, deps: SessionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    socket.setNoDelay(true);
    // A reset by the client is an ordinary way for a session to end; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#held = [];
      this.#heldBytes = 0;
      this.#wake();
      deps.onClosed(this);
    });
    socket.on('data', (chunk) => this.#read(chunk));
    const { greeting } = deps;
    this.#isDeaf = greeting !== 'normal';
    if (greeting === 'reset') socket.resetAndDestroy();
    else if (greeting !== 'silent') this.send(`Asterisk Call Manager/${MANAGER_VERSION}\r\n`);
  }

  /** Logged in and still wanted: a session that was told to end takes no more events. */
  get isLive(): boolean {
    return this.#loggedIn && !this.#ending && !this.#socket.destroyed;
  }

  get loggedIn(): boolean {
    return this.#loggedIn;
  }

  get queuedBytes(): number {
    return this.#socket.writableLength + this.#heldBytes;
  }

  /** Resolves when no more than this is queued, or the client is gone. */
  async ready(queuedBytes: number): Promise<void> {
    while (!this.#socket.destroyed && this.queuedBytes > queuedBytes) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Events for this client, in order; those outside its mask are left out. */
  sendEvents(blocks: readonly Buffer[]): void {
    if (!this.isLive || this.#mask === 'none') return;
    const mask = this.#mask;
    const wanted = mask === 'all' ? blocks : blocks.filter((block) => isInMask(block, mask));
    const [only] = wanted;
    if (only !== undefined) this.send(wanted.length === 1 ? only : Buffer.concat(wanted));
  }

  /** Text is a byte string. */
  send(data: string | Buffer): void {
    if (this.#socket.destroyed || this.#ending) return;
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    if (this.#deps.faults.mute || this.#deps.faults.cutting || this.#held.length > 0) {
      const pieces = this.#deps.faults.cut(bytes);
      for (const piece of pieces) this.#held.push(piece);
      this.#heldBytes += bytes.length;
      this.release();
    } else {
      this.#socket.write(bytes, () => this.#wake());
    }
    if (this.queuedBytes > this.#deps.maxQueuedBytes) this.drop();
  }

  /** Continues what was held back, one piece a turn so that the pieces don't melt into one packet again. */
  release(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.#deps.faults.mute || this.#socket.destroyed) return;
      const piece = this.#held.shift();
      if (piece === undefined) {
        if (this.#ending) this.#socket.end();
        return;
      }
      this.#heldBytes -= piece.length;
      this.#socket.write(piece, () => {
        this.#wake();
        this.release();
      });
    });
  }

  /** Everything sent so far still arrives, then the connection ends. */
  end(): void {
    this.#ending = true;
    if (this.#held.length > 0) this.release();
    else this.#socket.end();
  }

  drop(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #read(chunk: Buffer): void {
    if (this.#isDeaf) return;
    for (const framed of this.#frame(chunk)) {
      if (this.#socket.destroyed || this.#ending) return;
      if (framed.kind === 'action') this.#act(framed.action);
      else if (framed.kind === 'missing-action') this.#error(undefined, 'Missing action in request');
      else this.#error(undefined, 'Failed to parse message: line too long');
    }
  }

  #act(action: AmiAction): void {
    const name = action.name.toLowerCase();
    if (name === 'login') this.#login(action);
    else if (name === 'challenge') this.#offerChallenge(action);
    else if (!this.#loggedIn) this.#error(action, 'Permission denied');
    else this.#answer(name, action);
    if (this.#loggedIn) this.#deps.onAnswered(this, action);
  }

  #offerChallenge(action: AmiAction): void {
    if (action.get('authtype')?.toLowerCase() !== 'md5') {
      this.#error(action, 'Must specify AuthType');
      return;
    }
    this.#challenge = this.#deps.challenge();
    this.#success(action, [['Challenge', this.#challenge]]);
  }

  #login(action: AmiAction): void {
    if (!this.#isAuthentic(action)) {
      this.#error(action, 'Authentication failed');
      this.end();
      return;
    }
    const events = action.get('events');
    if (events !== undefined) this.#mask = parseMask(events);
    this.#loggedIn = true;
    this.#success(action, [['Message', 'Authentication accepted']]);
    const { pbx } = this.#deps;
    if (pbx.isBooted() && isInMask('system', this.#mask)) {
      const uptime = Math.max(0, Math.floor((pbx.nowMs() - pbx.bootedAtMs()) / 1000));
      this.send(
        renderBlock([
          ['Event', 'FullyBooted'],
          ['Privilege', 'system,all'],
          ['Uptime', uptime],
          ['LastReload', uptime],
          ['Status', 'Fully Booted'],
        ]),
      );
    }
    this.#deps.onLogin(this);
  }

  #isAuthentic(action: AmiAction): boolean {
    const { username, secret } = this.#deps.credentials;
    if (action.get('username') !== toByteString(username)) return false;
    if (action.get('authtype')?.toLowerCase() !== 'md5') return action.get('secret') === toByteString(secret);
    if (this.#challenge === undefined) return false;
    const key = createHash('md5').update(`${this.#challenge}${secret}`).digest('hex');
    return action.get('key')?.toLowerCase() === key;
  }

  #answer(name: string, action: AmiAction): void {
    if (name === 'logoff') {
      this.send(renderResponse('Goodbye', action.actionId, [['Message', 'Thanks for all the fish.']]));
      this.end();
    } else if (name === 'events') {
      this.#mask = parseMask(action.get('eventmask') ?? '');
      this.#success(action, [['Events', this.#mask === 'none' ? 'Off' : 'On']]);
    } else {
      const { pbx, write, faults } = this.#deps;
      this.send(answerAction(pbx, action, { write, pretends: faults.pretends }));
    }
  }

  #success(action: AmiAction, fields: Parameters<typeof renderResponse>[2]): void {
    this.send(renderResponse('Success', action.actionId, fields));
  }

  #error(action: AmiAction | undefined, message: string): void {
    this.send(renderResponse('Error', action?.actionId, [['Message', message]]));
  }
}

/** Anything that isn't `on` or a known class switches events off, and Asterisk still says Success. */
function parseMask(text: string): EventMask {
  const mask = text.trim().toLowerCase();
  if (['on', 'all', 'true', 'yes', '1', '-1'].includes(mask)) return 'all';
  const classes = mask.split(',').filter((name) => EVENT_CLASSES.has(name));
  return classes.length === 0 ? 'none' : new Set(classes);
}

function isInMask(block: Buffer | 'system', mask: EventMask): boolean {
  if (mask === 'all' || mask === 'none') return mask === 'all';
  if (block === 'system') return mask.has('system');
  const privilege = /\r\nPrivilege: ([^\r]*)/.exec(block.subarray(0, 200).toString('latin1'))?.[1];
  return privilege === undefined || privilege.split(',').some((name) => mask.has(name));
}
