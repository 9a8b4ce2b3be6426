/**
 * One connection, from connect to close. Phases only go forward:
 *
 *   connecting → banner → login → booting (waits for FullyBooted) → running → ended
 *
 * and every phase has a time-out, so that a PBX may fall silent at any byte. `run` resolves once, with the reason, when
 * the socket is gone and no timer is left. Everything is driven by four things: bytes, close, tick, abort.
 */
import type { Socket } from 'node:net';
import type { SourceLostCause } from '../../../shared/event.ts';
import { ACTING_EVENTS } from './acting.ts';
import { codeOf, openSocket, readCa } from './dial.ts';
import { createFramer, type Framer, type FramingCounters } from './framing.ts';
import { type AmiAction, createLogin, encodeAction, type Login } from './login.ts';
import type { AmiMessage } from './message.ts';
import type { SessionEnd, SessionOptions } from './session-options.ts';
import { LIST_EVENTS, Snapshots } from './snapshot.ts';

const CONTROL_EVENTS = ['FullyBooted', 'Shutdown', 'Reload'];
const FRAMING_ANOMALIES = ['oversized', 'malformedLine', 'unnamed'] as const;
/** Uptime is in whole seconds: two readings of one boot differ by up to one, and by the way they took. */
const SAME_BOOT_MS = 3_000;

/** Never rejects: a certificate file that cannot be read is an outage like any other. */
export async function runSession(options: SessionOptions): Promise<SessionEnd> {
  const { url, context } = options;
  const never = { liveForMs: 0, isShutdown: false };
  let ca: string | null;
  try {
    ca = await readCa(url);
  } catch (error) {
    return { cause: 'refused', detail: `ca file: ${codeOf(error)}`, ...never };
  }
  if (context.signal.aborted) return { cause: 'stopped', detail: 'stopped', ...never };
  return new Session(options, openSocket(url, ca)).ended;
}

class Session {
  readonly ended: Promise<SessionEnd>;
  readonly #options: SessionOptions;
  readonly #socket: Socket;
  readonly #framer: Framer;
  readonly #snapshots: Snapshots;
  readonly #login: Login;
  readonly #idPrefix: string;
  readonly #ticker: NodeJS.Timeout;
  #resolve: (end: SessionEnd) => void = () => {};
  #phase: 'connecting' | 'banner' | 'login' | 'booting' | 'running' | 'stopping' | 'ended' = 'connecting';
  /** Of the phase; monotonic, as all times but those called `At`. */
  #deadline: number;
  #ids = 0;
  #loginId = '';
  #isBooted = false;
  #isShutdown = false;
  #isPaused = false;
  #loggedIn = Number.POSITIVE_INFINITY;
  #live: number | null = null;
  #bytes = performance.now();
  #bytesAt: number;
  #ping = 0;
  #news = performance.now();
  #anomalies = performance.now();
  readonly #counted: FramingCounters = { oversized: 0, malformedLine: 0, unnamed: 0 };
  #failure = '';
  #goodbye: NodeJS.Timeout | undefined;

  constructor(options: SessionOptions, socket: Socket) {
    const { url, context, feed, acting, outbox, wantedEvents, timings, limits, boot } = options;
    this.#options = options;
    this.#socket = socket;
    this.#bytesAt = context.now();
    this.#deadline = performance.now() + timings.connectMs;
    this.#idPrefix = `floorcast-${Math.floor(context.random() * 36 ** 8).toString(36)}-`;
    this.#login = createLogin(url);
    this.#framer = createFramer({
      maxMessageBytes: limits.maxMessageBytes,
      wanted: new Set([...wantedEvents, ...ACTING_EVENTS, ...CONTROL_EVENTS, ...LIST_EVENTS]),
    });
    this.#snapshots = new Snapshots(
      {
        ask: (name) => this.#send({ name }),
        isOwn: (actionId) => actionId.startsWith(this.#idPrefix),
        now: context.now,
        event: (message, receivedAt) => {
          if (ACTING_EVENTS.has(message.name)) acting.event(message);
          if (wantedEvents.has(message.name)) feed.event(message, receivedAt);
        },
        snapshot: (snapshot) => {
          acting.picture(snapshot.queueRows);
          feed.snapshot({ ...snapshot, bootedAt: boot.at });
        },
        anomaly: feed.anomaly,
        channelsDenied: (reason) =>
          context.log.warn(
            { reason },
            'CoreShowChannels is denied: who talks to whom is unknown after a connect (write = reporting)',
          ),
      },
      timings,
      limits,
    );
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });

    socket.on(url.tls ? 'secureConnect' : 'connect', () => this.#enter('banner', timings.bannerMs));
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('error', (error) => {
      this.#failure = codeOf(error);
    });
    socket.on('close', () => {
      if (this.#phase === 'stopping') this.#end('stopped', 'stopped');
      else if (this.#phase === 'connecting' && this.#failure !== 'ECONNRESET') this.#end('refused', this.#failure);
      else this.#end('closed', this.#failure || `closed by the PBX (${this.#phase})`);
    });
    outbox.onRoom = () => this.#unpause();
    // After a stall of this process, timers fire before the socket is read: the tick waits until it was, or it would
    // take our own delay for the PBX's silence.
    this.#ticker = setInterval(() => setImmediate(() => this.#onTick()), timings.tickMs);
    context.signal.addEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    const canSay = this.#phase !== 'connecting' && this.#phase !== 'banner';
    this.#phase = 'stopping';
    this.#options.acting.closed();
    if (canSay) this.#send({ name: 'Logoff' });
    // Unread bytes would keep the close from being seen.
    this.#socket.resume().end();
    if (canSay) this.#goodbye = setTimeout(() => this.#socket.destroy(), this.#options.timings.stopMs);
    else this.#socket.destroy();
  };

  #onData(chunk: Buffer): void {
    if (this.#phase === 'stopping' || this.#phase === 'ended') return;
    const { context, feed, outbox } = this.#options;
    this.#bytes = performance.now();
    this.#bytesAt = context.now();
    feed.reading(chunk.length);
    this.#framer.push(chunk, (message) => this.#onMessage(message));
    this.#countAnomalies();
    this.#flush();
    if (feed.isClockSetBack && this.#phase === 'running' && this.#live !== null) {
      this.#end('closed', 'its clock was set back: starting over');
      return;
    }
    if (outbox.isFull && this.#phase === 'running' && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
  }

  #onMessage(message: AmiMessage): void {
    switch (this.#phase) {
      case 'banner':
        this.#onBanner(message);
        break;
      case 'login':
      case 'booting':
      case 'running':
        if (message.kind === 'event') this.#onEvent(message);
        else this.#onResponse(message);
        break;
      default:
        // Read in the same piece as what ended the session.
        break;
    }
  }

  #onBanner(message: AmiMessage): void {
    if (message.kind !== 'banner') {
      this.#end('refused', 'this is not the Asterisk manager');
      return;
    }
    this.#enter('login', this.#options.timings.loginMs);
    this.#loginId = this.#send(this.#login.first());
  }

  #onResponse(message: AmiMessage): void {
    const actionId = message.get('ActionID');
    if (this.#phase === 'login') {
      if (actionId !== this.#loginId) return;
      const step = this.#login.next(message);
      if (step.type === 'send') this.#loginId = this.#send(step.action);
      else if (step.type === 'accepted') this.#onLoggedIn();
      else this.#end('loginRefused', step.reason);
    } else if (actionId === undefined || !actionId.startsWith(this.#idPrefix) || this.#options.acting.answer(message)) {
      return;
    } else if (message.get('Ping') !== undefined || message.name === 'Pong') {
      this.#options.feed.clock(message, this.#bytesAt);
      if (this.#mayTell()) this.#options.feed.alive(this.#bytesAt);
    } else {
      this.#snapshots.answer(message, this.#bytes);
      this.#noticeLive();
    }
  }

  #onEvent(message: AmiMessage): void {
    if (LIST_EVENTS.has(message.name)) {
      if (this.#options.acting.row(message)) return;
      this.#snapshots.row(message, this.#bytes);
      this.#noticeLive();
      return;
    }
    if (message.name === 'FullyBooted') this.#onBooted(message);
    else if (message.name === 'Shutdown') this.#isShutdown = true;
    else if (message.name === 'Reload') this.#snapshots.requestAt(this.#bytes + this.#options.timings.reloadMs);
    const isWanted = this.#options.wantedEvents.has(message.name) || ACTING_EVENTS.has(message.name);
    if (isWanted) this.#snapshots.event(message, this.#bytesAt, this.#bytes);
  }

  #onLoggedIn(): void {
    this.#loggedIn = this.#bytes;
    this.#ping = this.#bytes;
    this.#enter('booting', this.#options.timings.bootMs);
    if (this.#isBooted) this.#startRunning();
  }

  #onBooted(message: AmiMessage): void {
    const { boot } = this.#options;
    const uptime = Number.parseInt(message.get('Uptime') ?? '', 10);
    if (Number.isFinite(uptime)) {
      const at = this.#bytesAt - uptime * 1_000;
      if (boot.at === null || Math.abs(at - boot.at) > SAME_BOOT_MS) boot.at = at;
    }
    this.#isBooted = true;
    if (this.#phase === 'booting') this.#startRunning();
    // Logged in earlier than the queues were there: what was heard before is not the whole.
    else if (this.#phase === 'running') this.#snapshots.requestAt(this.#bytes);
  }

  #startRunning(): void {
    this.#enter('running', Number.POSITIVE_INFINITY);
    // What time it is there, before the picture: in a quiet hour no event may tell.
    this.#ping = performance.now();
    this.#send({ name: 'Ping' });
    this.#snapshots.requestAt(performance.now());
    this.#snapshots.tick(performance.now());
  }

  #onTick(): void {
    if (this.#phase === 'stopping' || this.#phase === 'ended') return;
    const { timings, context, feed } = this.#options;
    const now = performance.now();
    if (this.#isSilent(now)) {
      this.#end('silent', `no answer (${this.#phase})`);
      return;
    }
    if (this.#phase === 'booting' && now >= this.#deadline) {
      this.#send({ name: 'CoreStatus' });
      this.#startRunning();
    }
    this.#pingIfDue(now);
    this.#options.acting.tick(now);
    if (this.#phase === 'running' && !this.#isPaused) {
      this.#snapshots.tick(now);
      this.#noticeLive();
    }
    if (this.#mayTell()) {
      feed.idle(context.now());
      this.#flush();
      if (this.#bytes > this.#news && now - this.#news >= timings.aliveMs) feed.alive(this.#bytesAt);
    } else if (this.#live === null && now - this.#loggedIn >= timings.notReadyMs && !feed.isOut) {
      feed.lost(context.now(), 'notReady');
    }
    if (now - this.#anomalies >= timings.anomalyMs) {
      this.#anomalies = now;
      feed.tellAnomalies(this.#bytesAt);
    }
    this.#flush();
  }

  #isSilent(now: number): boolean {
    if (!this.#isLoggedIn()) return now >= this.#deadline;
    return !this.#isPaused && now - this.#bytes >= this.#options.timings.silentMs;
  }

  #pingIfDue(now: number): void {
    if (!this.#isLoggedIn()) return;
    const { pingMs, quietPingMs } = this.#options.timings;
    const isQuiet = now - Math.max(this.#bytes, this.#ping) >= quietPingMs;
    if (!isQuiet && now - this.#ping < pingMs) return;
    this.#ping = now;
    this.#send({ name: 'Ping' });
  }

  #isLoggedIn(): boolean {
    return this.#phase === 'booting' || this.#phase === 'running';
  }

  /** Nothing is on its way that could explain what is waiting: silence may be judged. */
  #mayTell(): boolean {
    return this.#phase === 'running' && this.#live !== null && !this.#isPaused && !this.#snapshots.isHolding;
  }

  #noticeLive(): void {
    if (this.#live !== null || !this.#snapshots.isLive) return;
    this.#live = performance.now();
    this.#options.feed.recovered();
    this.#options.acting.opened({
      send: (action) => this.#send(action),
      requestPicture: () => this.#snapshots.requestAt(performance.now()),
      now: () => performance.now(),
    });
    this.#options.onLive();
  }

  #flush(): void {
    if (this.#options.feed.takeNews()) this.#news = performance.now();
    this.#options.outbox.flush();
  }

  #unpause(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#bytes = performance.now();
    this.#snapshots.excuse(this.#bytes);
    this.#socket.resume();
  }

  #countAnomalies(): void {
    for (const kind of FRAMING_ANOMALIES) {
      const more = this.#framer.counters[kind] - this.#counted[kind];
      if (more === 0) continue;
      this.#counted[kind] += more;
      this.#options.feed.anomaly(`ami.framing.${kind}`, more);
    }
  }

  #enter(phase: 'banner' | 'login' | 'booting' | 'running', withinMs: number): void {
    if (this.#phase === 'stopping' || this.#phase === 'ended') return;
    this.#phase = phase;
    this.#deadline = performance.now() + withinMs;
  }

  #send(action: AmiAction): string {
    this.#ids += 1;
    const actionId = `${this.#idPrefix}${this.#ids}`;
    if (this.#socket.writable) this.#socket.write(encodeAction(action, actionId));
    return actionId;
  }

  #end(cause: SourceLostCause, detail: string): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    clearInterval(this.#ticker);
    clearTimeout(this.#goodbye);
    this.#options.context.signal.removeEventListener('abort', this.#onAbort);
    this.#options.outbox.onRoom = () => {};
    this.#snapshots.settle();
    this.#options.acting.closed();
    const liveForMs = this.#live === null ? 0 : performance.now() - this.#live;
    const end = { cause, detail, liveForMs, isShutdown: this.#isShutdown };
    if (this.#socket.closed) this.#resolve(end);
    else this.#socket.once('close', () => this.#resolve(end)).destroy();
  }
}
