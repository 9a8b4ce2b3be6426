// The state of a PBX as its AMI stream tells it: members and who waits, and the channels behind them. Pure; strings are byte
// strings, so that names come out with the bytes they came in with. A replay answers snapshots from it.
import type { ChannelRow, EntryRow, MemberRow, PbxSnapshot, QueueRow } from './pbx.ts';
import { unescapeC } from './wire.ts';

export interface Mirror {
  /** One live event: the block without its closing empty line. */
  fold(text: string, atMs: number): void;
  /** One complete recorded list answer; what it says replaces what was derived. */
  foldAnswer(texts: readonly string[], atMs: number): void;
  snapshot(atMs: number): PbxSnapshot;
}

type Headers = (key: string) => string;
type Handler = (h: Headers, atMs: number) => unknown;
type QueueParams = Omit<QueueRow, 'members' | 'entries'>;
type Entry = Omit<EntryRow, 'position' | 'waitS'> & { joinedAtMs: number };
type Channel = Omit<ChannelRow, 'durationMs'> & { createdAtMs: number };

interface Queue {
  params: QueueParams;
  members: Map<string, MemberRow>;
  entries: Entry[];
}

export function createMirror(): Mirror {
  let queues = new Map<string, Queue>();
  let channels = new Map<string, Channel>();
  /** Penalties of static members as configured: a restart of Asterisk goes back to them. */
  const configuredPenalty = new Map<string, number>();

  const queueOf = (name: string): Queue => {
    const known = queues.get(name);
    if (known) return known;
    const made = { params: unknownParams(name), members: new Map<string, MemberRow>(), entries: [] };
    queues.set(name, made);
    return made;
  };
  const removeEntry = (h: Headers): void => {
    const queue = queueOf(h('Queue'));
    queue.entries = queue.entries.filter((entry) => entry.uniqueid !== h('Uniqueid'));
  };
  const runs = (uniqueid: string, application: string, applicationData: string): void => {
    const channel = channels.get(uniqueid);
    if (channel) Object.assign(channel, { application, applicationData });
  };
  const updateChannel = (h: Headers, atMs: number): Channel => {
    const known = channels.get(h('Uniqueid'));
    const fresh = channelOf(h);
    const channel = known ? Object.assign(known, fresh) : { ...NO_APPLICATION, createdAtMs: atMs, ...fresh };
    channels.set(channel.uniqueid, channel);
    return channel;
  };

  const setMember: Handler = (h) => {
    queueOf(h('Queue')).members.set(h('Interface'), memberOf(h, 'event'));
  };
  const handlers = new Map<string, Handler>([
    ...['Status', 'Added', 'Pause', 'Penalty', 'Ringinuse'].map((n) => [`QueueMember${n}`, setMember] as const),
    ...['Newchannel', 'Newstate', 'NewCallerid', 'NewConnectedLine'].map((n) => [n, updateChannel] as const),
    ['QueueMemberRemoved', (h) => queueOf(h('Queue')).members.delete(h('Interface'))],
    ['QueueCallerJoin', join],
    ['QueueCallerAbandon', removeEntry],
    [
      'QueueCallerLeave',
      (h) => {
        removeEntry(h);
        runs(h('Uniqueid'), '', '');
      },
    ],
    ['AgentCalled', (h) => runs(h('DestUniqueid'), 'AppQueue', '(Outgoing Line)')],
    ['AgentConnect', (h) => runs(h('Uniqueid'), 'Queue', `${h('Queue')},t,,,60`)],
    ['AgentComplete', (h) => runs(h('Uniqueid'), '', '')],
    ['BridgeEnter', (h, atMs) => Object.assign(updateChannel(h, atMs), { bridgeId: h('BridgeUniqueid') })],
    ['BridgeLeave', (h, atMs) => Object.assign(updateChannel(h, atMs), { bridgeId: '' })],
    ['Hangup', (h) => channels.delete(h('Uniqueid'))],
    ['FullyBooted', (_, atMs) => restart(atMs)],
  ]);

  function join(h: Headers, atMs: number): void {
    removeEntry(h);
    const { entries } = queueOf(h('Queue'));
    entries.splice(Math.max(0, Number(h('Position')) - 1), 0, { ...entryOf(h), joinedAtMs: atMs });
    runs(h('Uniqueid'), 'Queue', `${h('Queue')},t,,,60`);
  }

  /**
   * A new Asterisk has no calls and no counters. Static members come back as configured, dynamic ones from its database
   * with their pause; no event says any of it. Device states that live in the database are still the old ones.
   */
  function restart(atMs: number): void {
    channels = new Map();
    for (const [name, queue] of queues) {
      queue.entries = [];
      Object.assign(queue.params, { holdtime: 0, talkTime: 0, completed: 0, abandoned: 0 });
      Object.assign(queue.params, { servicelevelPerf: '0.0', servicelevelPerf2: '0.0' });
      for (const member of queue.members.values()) {
        const forgotten = { callsTaken: 0, lastCall: 0, lastPause: 0, inCall: 0, loginTime: Math.floor(atMs / 1000) };
        Object.assign(member, forgotten);
        if (member.membership !== 'static') continue;
        const penalty = configuredPenalty.get(`${name}\n${member.location}`) ?? member.penalty;
        Object.assign(member, { paused: 0, pausedReason: '', penalty });
      }
    }
  }

  function replaceQueues(rows: readonly Headers[], atMs: number): void {
    queues = new Map();
    for (const h of rows) {
      const queue = queueOf(h('Queue'));
      if (h('Event') === 'QueueParams') queue.params = paramsOf(h);
      if (h('Event') === 'QueueEntry')
        queue.entries.push({ ...entryRowOf(h), joinedAtMs: atMs - Number(h('Wait')) * 1000 });
      if (h('Event') !== 'QueueMember') continue;
      const member = memberOf(h, 'row');
      queue.members.set(member.location, member);
      const key = `${h('Queue')}\n${member.location}`;
      if (member.membership === 'static' && !configuredPenalty.has(key)) configuredPenalty.set(key, member.penalty);
    }
  }

  function replaceChannels(rows: readonly Headers[], atMs: number): void {
    channels = new Map();
    for (const h of rows) {
      const application = { application: h('Application'), applicationData: unescapeC(h('ApplicationData')) };
      const createdAtMs = atMs - durationMs(h('Duration'));
      channels.set(h('Uniqueid'), { ...channelOf(h), ...application, bridgeId: h('BridgeId'), createdAtMs });
    }
  }

  return {
    fold: (text, atMs) => {
      const end = text.indexOf('\r\n');
      const handler = handlers.get(text.slice('Event: '.length, end < 0 ? undefined : end));
      handler?.(parse(text), atMs);
    },
    foldAnswer: (texts, atMs) => {
      const complete = texts.at(-1) ?? '';
      const rows = texts.slice(1, -1).map(parse);
      if (complete.startsWith('Event: QueueStatusComplete')) replaceQueues(rows, atMs);
      if (complete.startsWith('Event: CoreShowChannelsComplete')) replaceChannels(rows, atMs);
    },
    snapshot: (atMs) => ({
      queues: [...queues.values()].map(({ params, members, entries }) => ({
        ...params,
        members: [...members.values()],
        entries: entries.map(({ joinedAtMs, ...entry }, i) => ({
          ...entry,
          position: i + 1,
          waitS: Math.max(0, Math.floor(atMs / 1000) - Math.floor(joinedAtMs / 1000)),
        })),
      })),
      channels: [...channels.values()].map(({ createdAtMs, ...row }) => ({ ...row, durationMs: atMs - createdAtMs })),
    }),
  };
}

const NO_APPLICATION = { application: '', applicationData: '', bridgeId: '' };

/** Header lookup; the first of several headers of one name wins, a missing one is ''. */
export function parse(text: string): Headers {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    if (colon > 0 && !headers.has(key)) headers.set(key, line.slice(colon + 1).replace(/^ /, ''));
  }
  return (key) => headers.get(key) ?? '';
}

function memberOf(h: Headers, form: 'event' | 'row'): MemberRow {
  return {
    name: h(form === 'event' ? 'MemberName' : 'Name'),
    location: h(form === 'event' ? 'Interface' : 'Location'),
    stateInterface: h('StateInterface'),
    membership: h('Membership'),
    penalty: Number(h('Penalty')),
    callsTaken: Number(h('CallsTaken')),
    lastCall: Number(h('LastCall')),
    lastPause: Number(h('LastPause')),
    loginTime: Number(h('LoginTime')),
    inCall: Number(h('InCall')),
    status: Number(h('Status')),
    paused: Number(h('Paused')),
    pausedReason: h('PausedReason'),
    wrapuptime: Number(h('Wrapuptime')),
  };
}

/** Events escape names and write `<unknown>`; QueueEntry does neither. */
function entryOf(h: Headers): Omit<Entry, 'joinedAtMs'> {
  const plain = (key: string): string => (h(key) === '<unknown>' ? 'unknown' : unescapeC(h(key)));
  return {
    channel: h('Channel'),
    uniqueid: h('Uniqueid'),
    callerIdNum: plain('CallerIDNum'),
    callerIdName: plain('CallerIDName'),
    connectedLineNum: plain('ConnectedLineNum'),
    connectedLineName: plain('ConnectedLineName'),
    priority: 0,
  };
}

function entryRowOf(h: Headers): Omit<Entry, 'joinedAtMs'> {
  return {
    channel: h('Channel'),
    uniqueid: h('Uniqueid'),
    callerIdNum: h('CallerIDNum'),
    callerIdName: h('CallerIDName'),
    connectedLineNum: h('ConnectedLineNum'),
    connectedLineName: h('ConnectedLineName'),
    priority: Number(h('Priority')),
  };
}

function channelOf(h: Headers): Omit<Channel, 'application' | 'applicationData' | 'bridgeId' | 'createdAtMs'> {
  return {
    channel: h('Channel'),
    state: Number(h('ChannelState')),
    stateDesc: h('ChannelStateDesc'),
    callerIdNum: h('CallerIDNum'),
    callerIdName: unescapeC(h('CallerIDName')),
    connectedLineNum: h('ConnectedLineNum'),
    connectedLineName: unescapeC(h('ConnectedLineName')),
    language: h('Language'),
    accountCode: h('AccountCode'),
    context: h('Context'),
    exten: h('Exten'),
    priority: h('Priority'),
    uniqueid: h('Uniqueid'),
    linkedid: h('Linkedid'),
  };
}

function paramsOf(h: Headers): QueueParams {
  return {
    queue: h('Queue'),
    max: Number(h('Max')),
    strategy: h('Strategy'),
    holdtime: Number(h('Holdtime')),
    talkTime: Number(h('TalkTime')),
    completed: Number(h('Completed')),
    abandoned: Number(h('Abandoned')),
    serviceLevel: Number(h('ServiceLevel')),
    servicelevelPerf: h('ServicelevelPerf'),
    servicelevelPerf2: h('ServicelevelPerf2'),
    weight: Number(h('Weight')),
  };
}

const unknownParams = (queue: string): QueueParams => ({
  queue,
  max: 0,
  strategy: 'ringall',
  holdtime: 0,
  talkTime: 0,
  completed: 0,
  abandoned: 0,
  serviceLevel: 0,
  servicelevelPerf: '0.0',
  servicelevelPerf2: '0.0',
  weight: 0,
});

function durationMs(text: string): number {
  const [h = 0, m = 0, s = 0] = text.split(':').map(Number);
  return ((h * 60 + m) * 60 + s) * 1000;
}
