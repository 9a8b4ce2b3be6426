/** Orders over a connection whose every answer the test writes by hand. Rules: docs/spec/commands.md. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type Command, DOES, type Order, type Outcome } from '../../../shared/command.ts';
import { type PbxAction, type PbxConnection, startScriptedPbx } from './testing-pbx.ts';
import { type RunningSource, type SourceSetup, startSource } from './testing-source.ts';

const AGENT = 'PJSIP/1';
const ends: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const { stop } of ends.splice(0).reverse()) await stop();
});

const memberRow = (over = '') =>
  `Event: QueueMember|Queue: sales|Name: Wang|Location: ${AGENT}|Membership: dynamic|Penalty: 0|Paused: 0${over}`;
const CHANNELS = [
  'Event: CoreShowChannel|Channel: PJSIP/t-00000001|ChannelState: 6|Uniqueid: 1.1|Application: Queue|BridgeId: b',
  `Event: CoreShowChannel|Channel: ${AGENT}-00000002|ChannelState: 6|Uniqueid: 1.2|Application: AppQueue|BridgeId: b`,
];
/** As Asterisk lists them; among them is one that is called Ping. */
const ALL_RIGHTS = [
  'Hangup',
  'Originate',
  'Ping',
  'QueueAdd',
  'QueuePause',
  'QueuePenalty',
  'QueueRemove',
  'CoreShowChannels',
];

interface Live {
  readonly source: RunningSource;
  readonly pbx: PbxConnection;
}

async function live(setup: SourceSetup = {}, rights: (asked: PbxAction) => void = grant(ALL_RIGHTS)): Promise<Live> {
  const scripted = await startScriptedPbx();
  ends.push({ stop: scripted.close });
  const source = startSource(scripted.port, setup);
  ends.push(source);
  const pbx = await scripted.connection();
  pbx.socket.write('Asterisk Call Manager/12.0.0\r\n');
  (await pbx.action('Challenge')).fail('Must specify AuthType');
  (await pbx.action('Login')).succeed('Message: Authentication accepted');
  pbx.send('Event: FullyBooted|Uptime: 100');
  await picture(pbx, memberRow());
  rights(await pbx.action('ListCommands'));
  return { source, pbx };
}

const grant =
  (names: readonly string[]) =>
  (asked: PbxAction): void =>
    asked.succeed(...names.map((name) => `${name}: It does.  (Priv: all)`));

async function picture(pbx: PbxConnection, ...rows: readonly string[]): Promise<void> {
  (await pbx.action('QueueStatus')).list(['Event: QueueParams|Queue: sales', ...rows], 'QueueStatusComplete');
  (await pbx.action('CoreShowChannels')).list(CHANNELS, 'CoreShowChannelsComplete');
}

type Given = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;
const PAUSE: Given = { do: 'pause', agent: AGENT, queue: null, reason: 'lunch' };

function order({ source }: Live, command: Given = PAUSE): Promise<Outcome> {
  const given: Order = {
    command: { ...command, id: randomUUID() } as Command,
    by: { kind: 'person', id: 'p1', name: 'Wang' },
    agentName: '',
    restores: null,
    undoes: null,
  };
  const answer = source.acting.execute(given);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

const PAUSED = `Event: QueueMemberPause|Queue: sales|Interface: ${AGENT}|MemberName: Wang|Penalty: 0|Paused: 1|PausedReason: lunch`;
const failedBy = (cause: string, detail: string | null = null) => ({
  state: 'failed',
  cause,
  detail,
  before: [],
  after: [],
});

test('[CMD40] accepted and shown, in either order, is confirmed; either alone is not', async () => {
  const floor = await live();
  const first = order(floor);
  const asked = await floor.pbx.action('QueuePause');
  expect([asked.get('Interface'), asked.get('Paused'), asked.get('Reason')]).toEqual([AGENT, '1', 'lunch']);
  asked.succeed('Message: Interface paused successfully');
  floor.pbx.send(PAUSED);
  expect(await first).toMatchObject({ state: 'confirmed' });

  let isOver = false;
  const second = order(floor).then((outcome) => {
    isOver = true;
    return outcome;
  });
  const again = await floor.pbx.action('QueuePause');
  floor.pbx.send(PAUSED, 'Event: Live|N: 1');
  await floor.source.seen('Live 1');
  expect(isOver).toBe(false);
  again.succeed();
  expect(await second).toMatchObject({ state: 'confirmed' });
});

test('[CMD41] answers and events of others prove nothing', async () => {
  const floor = await live({ timings: { confirmMs: 150 } });
  const outcome = order(floor);
  await floor.pbx.action('QueuePause');
  floor.pbx.send(
    'Response: Success|ActionID: somebody-1|Message: Interface paused successfully',
    'Response: Success|Message: Interface paused successfully',
    PAUSED.replace(AGENT, 'PJSIP/11'),
  );
  expect(await outcome).toEqual(failedBy('outcome.unknown'));
});

test('[CMD42] where the PBX sends no event, its picture is asked for and shows the effect', async () => {
  const floor = await live({ timings: { confirmMs: 2_000 } });
  const outcome = order(floor);
  (await floor.pbx.action('QueuePause')).succeed();
  await picture(floor.pbx, memberRow().replace('Paused: 0', 'Paused: 1|PausedReason: lunch'));
  expect(await outcome).toMatchObject({ state: 'confirmed' });
});

test('[CMD43] a PBX that says what is wrong is quoted; one that says nothing leaves the outcome open', async () => {
  const floor = await live({ timings: { confirmMs: 200 } });
  const refused = order(floor);
  (await floor.pbx.action('QueuePause')).fail('Interface not found');
  expect(await refused).toEqual(failedBy('agent.notThere', 'Interface not found'));
  const silent = order(floor);
  await floor.pbx.action('QueuePause');
  expect(await silent).toEqual(failedBy('outcome.unknown'));
  const asking = order(floor, { do: 'hang-up', agent: AGENT, call: null, reason: 'x' });
  await floor.pbx.action('CoreShowChannels');
  expect(await asking).toEqual(failedBy('source.away'));
});

test('[CMD44] the list of what the user may is no sign of life, and a PBX without it is tried', async () => {
  const floor = await live();
  await expect.poll(() => floor.source.acting.abilities()).toEqual({ can: [...DOES], lacks: [] });
  expect(floor.source.told.filter((label) => label === 'source.alive')).toEqual([]);
  const old = await live({}, (asked) => asked.fail('Invalid/unknown command'));
  expect(old.source.acting.abilities()?.can).toEqual([...DOES]);
  const denied = order(old);
  (await old.pbx.action('QueuePause')).fail('Permission denied');
  expect(await denied).toEqual(failedBy('right.missing', 'Permission denied'));
  const viewer = await live({}, grant(['Ping', 'QueueStatus']));
  await expect.poll(() => viewer.source.acting.abilities()?.can).toEqual([]);
});

test('[CMD45] the phone of the supervisor is known by its channel, and its end by the answer to its call', async () => {
  const floor = await live();
  const monitor: Given = { do: 'monitor', agent: AGENT, mode: 'listen', phone: '9', reason: 'x' };
  const begin = async () => {
    const outcome = order(floor, monitor);
    (await floor.pbx.action('CoreShowChannels')).list(CHANNELS, 'CoreShowChannelsComplete');
    const asked = await floor.pbx.action('Originate');
    expect(asked.get('Data')).toBe(`${AGENT}-00000002,qE`);
    asked.succeed('Message: Originate successfully queued');
    return { outcome, asked, channel: asked.get('ChannelId') ?? '' };
  };
  const answered = (asked: PbxAction, reason: number) =>
    `Event: OriginateResponse|ActionID: ${asked.get('ActionID')}|Response: ${reason === 4 ? 'Success' : 'Failure'}|Reason: ${reason}`;

  const heard = await begin();
  floor.pbx.send(
    'Event: OriginateResponse|ActionID: somebody-7|Response: Failure|Reason: 5',
    'Event: ChanSpyStart|SpyerUniqueid: other|SpyeeUniqueid: 1.2',
    answered(heard.asked, 4),
    `Event: ChanSpyStart|SpyerUniqueid: ${heard.channel}|SpyeeUniqueid: 1.2`,
  );
  expect(await heard.outcome).toMatchObject({ state: 'confirmed' });

  const busy = await begin();
  // Its channel ends before the answer says why.
  floor.pbx.send(`Event: Hangup|Uniqueid: ${busy.channel}`, answered(busy.asked, 5));
  expect(await busy.outcome).toEqual(failedBy('phone.busy'));

  const late = await begin();
  floor.pbx.send(answered(late.asked, 4), `Event: Hangup|Uniqueid: ${late.channel}`);
  expect(await late.outcome).toEqual(failedBy('call.ended'));
});
