import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type PbxConnection, type ScriptedPbx, startScriptedPbx } from './testing-pbx.ts';
import { leaksSecret, type RunningSource, type SourceSetup, startSource } from './testing-source.ts';
import { TEST_TLS } from './testing-tls.ts';
import type { AmiSnapshot } from './translator.ts';

const BANNER = 'Asterisk Call Manager/12.0.0\r\n';
const ROWS = ['Event: QueueParams|Queue: sales', 'Event: QueueMember|Queue: sales|Location: Local/1@a'];
const CHANNELS = ['Event: CoreShowChannel|Uniqueid: 1.1'];

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const { stop } of running.splice(0).reverse()) await stop();
});

async function start(setup?: SourceSetup): Promise<{ pbx: ScriptedPbx; source: RunningSource }> {
  const pbx = await startScriptedPbx();
  running.push({ stop: pbx.close });
  const source = startSource(pbx.port, setup);
  running.push(source);
  return { pbx, source };
}

async function greeted(pbx: ScriptedPbx): Promise<PbxConnection> {
  const connection = await pbx.connection();
  connection.socket.write(BANNER);
  return connection;
}

async function loggedIn(pbx: ScriptedPbx): Promise<PbxConnection> {
  const connection = await greeted(pbx);
  (await connection.action('Challenge')).fail('Must specify AuthType');
  (await connection.action('Login')).succeed('Message: Authentication accepted');
  return connection;
}

async function answerSnapshot(connection: PbxConnection): Promise<void> {
  (await connection.action('QueueStatus')).list(ROWS, 'QueueStatusComplete');
  (await connection.action('CoreShowChannels')).list(CHANNELS, 'CoreShowChannelsComplete');
}

/** Logged in, booted, and the first picture applied. */
async function live(pbx: ScriptedPbx, source: RunningSource): Promise<PbxConnection> {
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 100');
  await answerSnapshot(connection);
  await source.seen('snapshot connect 2/1');
  return connection;
}

test('[AMI50] MD5 login: the secret never crosses the wire', async () => {
  const { pbx, source } = await start();
  const connection = await greeted(pbx);
  const bytes: Buffer[] = [];
  connection.socket.on('data', (chunk) => bytes.push(chunk));
  const challenge = await connection.action('Challenge');
  expect(challenge.get('AuthType')).toBe('MD5');
  challenge.succeed('Challenge: 961479748');
  const login = await connection.action('Login');
  expect(login.get('Key')).toBe(createHash('md5').update('961479748hunter2-秘密').digest('hex'));
  expect([login.get('AuthType'), login.get('Username'), login.get('Events')]).toEqual(['MD5', 'wall', 'on']);
  login.succeed('Message: Authentication accepted');
  connection.send('Event: FullyBooted|Uptime: 100');
  await answerSnapshot(connection);
  await source.seen('snapshot connect 2/1');
  expect(leaksSecret([Buffer.concat(bytes).toString()])).toBe(false);
  expect(leaksSecret(source.log)).toBe(false);
});

test('[AMI51] plain login where no challenge is offered, or when asked for', async () => {
  const { pbx, source } = await start();
  const connection = await greeted(pbx);
  (await connection.action('Challenge')).fail('Invalid/unknown command');
  const login = await connection.action('Login');
  expect(Buffer.from(login.get('Secret') ?? '', 'latin1').toString('utf8').length).toBeGreaterThan(0);
  await source.stop();

  const second = await start({ options: '?auth=plain' });
  const plain = await greeted(second.pbx);
  await plain.action('Login');
  expect(plain.actions).toEqual(['Login']);
});

test('[AMI52] auth=md5 never falls back to sending the secret', async () => {
  const { pbx, source } = await start({ options: '?auth=md5' });
  const connection = await greeted(pbx);
  (await connection.action('Challenge')).fail('Invalid/unknown command');
  await source.seen('lost loginRefused');
  expect(connection.actions).toEqual(['Challenge']);
});

test('[AMI53] a wrong secret: one loss, one error line without the secret, and a long wait before the next try', async () => {
  const { pbx, source } = await start();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const connection = await greeted(pbx);
    (await connection.action('Challenge')).succeed('Challenge: 1');
    (await connection.action('Login')).fail('Authentication failed');
    await connection.closed;
  }
  await source.seen('lost loginRefused');
  await source.stop();
  expect(source.told).toEqual(['lost loginRefused']);
  expect(source.log.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
  expect(leaksSecret(source.log)).toBe(false);
});

test('[AMI54] a PBX that accepts and says nothing is left and tried again', async () => {
  const { pbx, source } = await start({ timings: { bannerMs: 5 } });
  const silent = await pbx.connection();
  await silent.closed;
  await live(pbx, source);
  expect(source.told).toEqual(['lost silent', 'snapshot connect 2/1']);
});

test('[AMI55] banner and then silence: the login times out', async () => {
  const { pbx, source } = await start({ timings: { loginMs: 5 } });
  const connection = await greeted(pbx);
  await connection.closed;
  await source.seen('lost silent');
});

test('[AMI56] resets before the banner are one outage until the PBX is back', async () => {
  const { pbx, source } = await start();
  for (let attempt = 0; attempt < 3; attempt += 1) (await pbx.connection()).socket.resetAndDestroy();
  await live(pbx, source);
  expect(source.told).toEqual(['lost closed', 'snapshot connect 2/1']);
});

test('[AMI57] nobody listens: refused', async () => {
  const pbx = await startScriptedPbx();
  await pbx.close();
  const source = startSource(pbx.port);
  running.push(source);
  await source.seen('lost refused');
});

test('[AMI58] something else answers on that port', async () => {
  const { pbx, source } = await start();
  const connection = await pbx.connection();
  connection.send('HTTP/1.1 400 Bad Request|Response: x');
  await source.seen('lost refused');
});

test('[AMI59] logged in before the queues exist: it waits for FullyBooted, asks again after an error, holds events meanwhile', async () => {
  const { pbx, source } = await start({ timings: { bootMs: 60_000 } });
  const connection = await loggedIn(pbx);
  connection.send('Event: Live|N: 1');
  connection.send('Event: FullyBooted|Uptime: 0', 'Event: Live|N: 2');
  (await connection.action('QueueStatus')).fail('Invalid/unknown command: QueueStatus');
  (await connection.action('QueueStatus')).fail('Invalid/unknown command: QueueStatus');
  await answerSnapshot(connection);
  await source.seen('Live 2');
  expect(source.told).toEqual(['snapshot connect 2/1', 'Live 1', 'Live 2']);
});

test('[AMI60] FullyBooted in front of the login answer counts', async () => {
  const { pbx, source } = await start({ timings: { bootMs: 60_000 } });
  const connection = await greeted(pbx);
  (await connection.action('Challenge')).fail('no');
  const login = await connection.action('Login');
  connection.send('Event: FullyBooted|Uptime: 5');
  login.succeed();
  await answerSnapshot(connection);
  await source.seen('snapshot connect 2/1');
});

test('[AMI61] a PBX without FullyBooted is asked for CoreStatus and taken as it is', async () => {
  const { pbx, source } = await start({ timings: { bootMs: 3 } });
  const connection = await loggedIn(pbx);
  await connection.action('CoreStatus');
  await answerSnapshot(connection);
  await source.seen('snapshot connect 2/1');
});

test('[AMI62] live events between request and Complete come after the picture, in order; foreign rows do not count', async () => {
  const { pbx, source } = await start();
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1');
  const queues = await connection.action('QueueStatus');
  const channels = await connection.action('CoreShowChannels');
  const id = `ActionID: ${queues.get('ActionID')}`;
  connection.send(
    'Event: Live|N: 1',
    `Response: Success|${id}|EventList: start`,
    `Event: QueueParams|Queue: sales|${id}`,
    'Event: Live|N: 2',
    'Event: OriginateResponse|Response: Failure|ActionID: theirs|N: 3',
    `Event: QueueEntry|CallerIDName: x|ActionID: forged|${id}`,
    `Event: QueueStatusComplete|ActionID: forged|EventList: Complete|ListItems: 0`,
    'Event: QueueEntry|CallerIDName: a blank line cut this one',
    `Event: QueueStatusComplete|${id}|EventList: Complete|ListItems: 3`,
    'Event: Live|N: 4',
  );
  channels.list(CHANNELS, 'CoreShowChannelsComplete');
  connection.send('Event: Live|N: 5');
  await source.seen('Live 5');
  expect(source.told).toEqual(['snapshot connect 3/1', 'Live 1', 'Live 2', 'OriginateResponse 3', 'Live 4', 'Live 5']);
});

test('[AMI63] a list that miscounts its rows is asked for again, and taken as it is after three times', async () => {
  const { pbx, source } = await start();
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    (await connection.action('QueueStatus')).list(ROWS, 'QueueStatusComplete', 3);
    (await connection.action('CoreShowChannels')).list(CHANNELS, 'CoreShowChannelsComplete');
  }
  await source.seen('snapshot connect 2/1');
  await source.stop();
  expect(source.told.join()).toMatch(/ami\.snapshot\.listItems/);
});

test('[AMI64] a user who may not list channels: told as null, logged once, not asked again', async () => {
  const { pbx, source } = await start();
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1');
  (await connection.action('QueueStatus')).list(ROWS, 'QueueStatusComplete');
  (await connection.action('CoreShowChannels')).fail('Permission denied');
  await source.seen('snapshot connect 2/null');
  connection.send('Event: Reload|Module: app_queue.so');
  (await connection.action('QueueStatus')).list(ROWS, 'QueueStatusComplete');
  await source.seen('snapshot check 2/null');
  expect(connection.actions.filter((name) => name === 'CoreShowChannels')).toHaveLength(1);
  expect(source.log.filter((line) => line.includes('CoreShowChannels is denied'))).toHaveLength(1);
});

test('[AMI65] without an answer the events flow unsynced, and the picture follows when the PBX answers', async () => {
  const { pbx, source } = await start({ timings: { answerMs: 50 } });
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1', 'Event: Live|N: 1');
  await source.seen('Live 1');
  connection.send('Event: Live|N: 2');
  await source.seen('Live 2');
  await source.seen('ami.snapshot.timeout');
  const answering = async (): Promise<never> => {
    for (;;) await answerSnapshot(connection);
  };
  void answering();
  await source.seen('snapshot connect 2/1');
});

test('[AMI66] a check lets events pass until its first line, and is made after a reload and FullyBooted', async () => {
  const { pbx, source } = await start();
  const connection = await live(pbx, source);
  connection.send('Event: Reload|Module: app_queue.so');
  const queues = await connection.action('QueueStatus');
  const channels = await connection.action('CoreShowChannels');
  connection.send('Event: Live|N: before');
  await source.seen('Live before');
  queues.list([...ROWS, 'Event: QueueEntry|Uniqueid: 1.1'], 'QueueStatusComplete');
  connection.send('Event: Live|N: during');
  channels.list(CHANNELS, 'CoreShowChannelsComplete');
  await source.seen('snapshot check 3/1');
  await source.seen('Live during');
  connection.send('Event: FullyBooted|Uptime: 200');
  await answerSnapshot(connection);
  await source.seen('snapshot check 2/1');
});

test('[AMI81] a check that miscounts does not keep events back until the next one', async () => {
  const { pbx, source } = await start({ timings: { retryMinMs: 60_000, retryMaxMs: 60_000 } });
  const connection = await live(pbx, source);
  connection.send('Event: Reload|Module: app_queue.so');
  (await connection.action('QueueStatus')).list(ROWS, 'QueueStatusComplete', 7);
  connection.send('Event: Live|N: 1');
  (await connection.action('CoreShowChannels')).list(CHANNELS, 'CoreShowChannelsComplete');
  await source.seen('Live 1');
});

test('[AMI67] checks repeat by time', async () => {
  const { pbx, source } = await start({ timings: { checkMs: 3 } });
  const connection = await live(pbx, source);
  for (let check = 0; check < 3; check += 1) {
    await answerSnapshot(connection);
    await source.seen('snapshot check 2/1');
  }
});

test('[AMI68] held events are bounded: at the bound they are applied and the picture is asked for anew', async () => {
  const { pbx, source } = await start({ limits: { maxHeld: 50 } });
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1');
  await connection.action('QueueStatus');
  connection.send(...Array.from({ length: 60 }, (_, n) => `Event: Live|N: ${n}`));
  await source.seen('Live 59');
  await answerSnapshot(connection);
  await source.seen('snapshot connect 2/1');
  expect(source.told.filter((label) => label.startsWith('Live'))).toEqual(
    Array.from({ length: 60 }, (_, n) => `Live ${n}`),
  );
  expect(source.told).toContain('ami.snapshot.overflow');
});

test('[AMI69] a PBX that falls mute is noticed although the connection stands', async () => {
  const { pbx, source } = await start({ timings: { quietPingMs: 5, silentMs: 100 } });
  const connection = await live(pbx, source);
  (await connection.action('Ping')).succeed('Ping: Pong', 'Timestamp: 1795283436.432692');
  await source.seen('source.alive');
  await connection.closed;
  await source.seen('lost silent');
  await live(pbx, source);
});

test('[AMI70] bytes that make no event are told as life, stamped with their arrival', async () => {
  const { pbx, source } = await start({ timings: { aliveMs: 3 } });
  const connection = await live(pbx, source);
  connection.send('Event: VarSet|Variable: x');
  await source.seen('source.alive');
  expect(source.told).toEqual(['snapshot connect 2/1', 'source.alive']);
});

test('[AMI71] a lost connection is told once, however many attempts fail; the next picture is a connect', async () => {
  const { pbx, source } = await start();
  const connection = await live(pbx, source);
  connection.send('Event: Live|N: last');
  connection.socket.end('Event: Live\r\nN: cut off');
  for (let attempt = 0; attempt < 2; attempt += 1) (await pbx.connection()).socket.resetAndDestroy();
  const half = await loggedIn(pbx);
  half.socket.end();
  await live(pbx, source);
  expect(source.told).toEqual(['snapshot connect 2/1', 'Live last', 'lost closed', 'snapshot connect 2/1']);
  // The first outage is over: the next loss is a new one.
  await source.stop();
  expect(source.told.slice(4)).toEqual(['lost stopped']);
});

test('[AMI71] a clock that was set back within a connection is read anew over the next one', async () => {
  const state = { isClockSetBack: false };
  const translator = {
    get isClockSetBack() {
      return state.isClockSetBack;
    },
  };
  const { pbx, source } = await start({ translator });
  const connection = await live(pbx, source);
  state.isClockSetBack = true;
  connection.send('Event: Live|N: earlier');
  await source.seen('lost closed');
  state.isClockSetBack = false;
  await live(pbx, source);
  expect(source.told).toEqual(['snapshot connect 2/1', 'Live earlier', 'lost closed', 'snapshot connect 2/1']);
});

test('[AMI72] events held when the connection broke did happen: they are told before the loss', async () => {
  const { pbx, source } = await start();
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1', 'Event: Live|N: 1');
  await connection.action('QueueStatus');
  connection.socket.end();
  await source.seen('lost closed');
  expect(source.told).toEqual(['Live 1', 'lost closed']);
});

test('[AMI73] queues that never come up are told as not ready, once', async () => {
  const { pbx, source } = await start({ timings: { notReadyMs: 10 } });
  const connection = await loggedIn(pbx);
  connection.send('Event: FullyBooted|Uptime: 1');
  for (let attempt = 0; attempt < 8; attempt += 1)
    (await connection.action('QueueStatus')).fail('Invalid/unknown command');
  await source.seen('lost notReady');
  await source.stop();
  expect(source.told).toEqual(['lost notReady']);
});

test('[AMI74] the boot time is the same number for every connection to one run of the PBX', async () => {
  const booted: AmiSnapshot['bootedAt'][] = [];
  const { pbx, source } = await start({
    translator: {
      snapshot: ({ bootedAt, receivedAt }) => {
        booted.push(bootedAt);
        return [{ type: 'source.alive', at: receivedAt }];
      },
    },
  });
  for (const uptime of [100, 101, 0]) {
    const connection = await loggedIn(pbx);
    connection.send(`Event: FullyBooted|Uptime: ${uptime}`);
    await answerSnapshot(connection);
    await source.seen('source.alive');
    connection.socket.end();
    if (uptime === 100) await source.seen('lost closed');
  }
  const [first, second, rebooted] = booted;
  expect(second).toBe(first);
  expect((rebooted ?? 0) - (first ?? 0)).toBeGreaterThan(90_000);
});

test('[AMI75] a clean stop: Logoff, source.lost stopped, and no handle is left', async () => {
  const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
  const pbx = await startScriptedPbx();
  running.push({ stop: pbx.close });
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const source = startSource(pbx.port);
  const connection = await live(pbx, source);
  const stopping = source.stop();
  await connection.action('Logoff');
  await connection.closed;
  await stopping;
  expect(source.told.at(-1)).toBe('lost stopped');
  expect(timers()).toBeLessThanOrEqual(before);
  expect(sockets()).toEqual([]);
});

test('[AMI76] it stops within a second at any point: silent PBX, wait between attempts, stuck store, deaf PBX', async () => {
  const began = performance.now();
  const silent = await start();
  await silent.pbx.connection();
  await silent.source.stop();

  const waiting = await start({ timings: { loginRetryMs: 60_000 } });
  const refused = await greeted(waiting.pbx);
  (await refused.action('Challenge')).succeed('Challenge: 1');
  (await refused.action('Login')).fail('Authentication failed');
  await waiting.source.seen('lost loginRefused');
  await waiting.source.stop();

  const stuck = await start({ append: () => new Promise(() => {}), timings: { stopMs: 20 } });
  const connection = await loggedIn(stuck.pbx);
  connection.send('Event: FullyBooted|Uptime: 1');
  await answerSnapshot(connection);
  await stuck.source.stop();

  const deaf = await start({ timings: { stopMs: 20 } });
  const ignoring = await live(deaf.pbx, deaf.source);
  ignoring.socket.pause();
  await deaf.source.stop();
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('[AMI77] a slow store stops the reading, and everything arrives in order in bounded batches', async () => {
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isFirst = true;
  const { pbx, source } = await start({
    limits: { maxOpenEvents: 100, batchEvents: 32 },
    append: async (labels) => {
      if (isFirst && labels.some((label) => label.startsWith('Live'))) {
        isFirst = false;
        await gate;
      }
    },
  });
  const connection = await live(pbx, source);
  const padding = 'x'.repeat(2_000);
  let sent = 0;
  // The kernel's buffers fill up only if the source has stopped reading.
  for (let isTaken = true; isTaken && sent < 200_000; ) {
    for (let n = 0; n < 100; n += 1, sent += 1)
      isTaken = connection.socket.write(`Event: Live\r\nN: ${sent}\r\nP: ${padding}\r\n\r\n`);
    await new Promise((resolve) => setImmediate(resolve));
    isTaken ||= connection.socket.writableLength === 0;
  }
  expect(sent).toBeLessThan(200_000);
  expect(source.told.filter((label) => label.startsWith('Live'))).toEqual([]);
  release();
  await source.seen(`Live ${sent - 1}`);
  const lives = source.told.filter((label) => label.startsWith('Live'));
  expect(lives).toEqual(Array.from({ length: sent }, (_, n) => `Live ${n}`));
  expect(Math.max(...source.batches.map((batch) => batch.length))).toBeLessThanOrEqual(32);
}, 20_000);

test('[AMI78] a failed append is repeated before anything newer', async () => {
  let failures = 3;
  const { pbx, source } = await start({
    append: async () => {
      if (failures-- > 0) throw new Error('store is away');
    },
  });
  const connection = await live(pbx, source);
  failures = 2;
  connection.send('Event: Live|N: 1');
  connection.send('Event: Live|N: 2');
  await source.seen('Live 2');
  expect(source.told).toEqual(['snapshot connect 2/1', 'Live 1', 'Live 2']);
});

test('[AMI79] what the translator cannot take is counted by event, logged once, and stops nothing', async () => {
  const { pbx, source } = await start({
    translator: {
      event: (message, at) => {
        if (message.name === 'Bad') throw new Error('no such thing');
        return [{ type: 'anomaly.seen', at, kind: `ok ${message.get('N')}`, count: 1 }];
      },
    },
  });
  const connection = await live(pbx, source);
  connection.send(
    'Event: Bad|CallerIDNum: 4155550192',
    'Event: Bad|N: 2',
    'Event: Live|N: 3',
    'no colon|Event: Live|N: 4',
  );
  await source.seen('ok 4');
  await source.seen(/^ami\.(translate|framing)/);
  await source.stop();
  expect(source.told).toContain('ami.translate.Bad x2');
  expect(source.told).toContain('ami.framing.malformedLine');
  expect(source.log.filter((line) => line.includes('could not be translated'))).toHaveLength(1);
  expect(source.log.join()).not.toContain('4155550192');
});

test('[AMI80] TLS: refused unless the certificate is trusted or not asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ami-'));
  running.push({ stop: () => rm(folder, { recursive: true }) });
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, TEST_TLS.cert);
  const pbx = await startScriptedPbx(TEST_TLS);
  running.push({ stop: pbx.close });

  for (const options of ['', '?ca=/does/not/exist.pem']) {
    const refused = startSource(pbx.port, { scheme: 'amis', options });
    await refused.seen('lost refused');
    await refused.stop();
  }
  for (const options of [`?ca=${ca}`, '?tls=unverified']) {
    const source = startSource(pbx.port, { scheme: 'amis', options });
    running.push(source);
    await live(pbx, source);
    await source.stop();
  }
});
