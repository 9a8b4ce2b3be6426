/** A PBX whose names are as bad as they get: what a person, a caller or a broken trunk can put into them. */
import { type AmiServer, startAmiServer } from '../server/sources/simulator/ami-server.ts';
import type { EntryRow, MemberRow, PbxSnapshot, QueueRow } from '../server/sources/simulator/pbx.ts';
import { escapeC, renderBlock, renderStamp, toByteString } from '../server/sources/simulator/wire.ts';

/** Sets `window.hacked` if it is ever more than text. */
const SCRIPT = `<script>window.hacked=1</script>`;
const IMAGE = `<img src=x onerror="window.hacked=1">`;
const LONG = '超长名称'.repeat(50);
const LONG_WORD = 'W'.repeat(200);
/** 中文坐席 as a PBX with a legacy database sends it. */
const GBK = Buffer.from([0xd6, 0xd0, 0xce, 0xc4, 0xd7, 0xf8, 0xcf, 0xaf]).toString('latin1');

interface Hostile {
  /** On the wire, as a byte string. */
  readonly sent: string;
  /** On a screen. */
  readonly shown: string;
}

const utf8 = (text: string, shown = text): Hostile => ({ sent: toByteString(text), shown });

/** Names of queues and of agents alike. */
export const HOSTILE: readonly Hostile[] = [
  utf8(`${SCRIPT}`),
  utf8(`${IMAGE}`),
  utf8(`"';--&amp;</bdi></div><h1>'"`),
  utf8(`{{constructor}} \${7*7} %s __proto__`),
  utf8('😀👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0323'),
  utf8('\u202egnirts \u200fעברית\u202b abc'),
  utf8('a\u0007b\u001b[31mc\u007f', 'a b [31mc'),
  utf8(LONG),
  utf8(LONG_WORD),
  { sent: GBK, shown: '中文坐席' },
];
/** The core keeps so much of a text. */
export const MOST_CHARACTERS = 256;
/** Not hostile, behind all the others: when it is shown, they were read. */
export const LAST = '最后一个';
/**
 * Asterisk does not escape a caller's name in QueueEntry. A line break in it injects headers into the row, an empty line
 * cuts the row off; a whole event behind that empty line could not be told from a true one by anybody.
 */
const BROKEN_CALLERS = [
  'Eve\r\nWait: 99999\r\nQueue: injected\r\nUniqueid: 6.6',
  'Mallory\r\n\r\nQueue: injected\r\nrest',
];

export interface HostilePbx {
  readonly server: AmiServer;
  /** Every agent takes a call of a hostile caller. */
  callEverybody(): void;
}

const queueOf = (index: number): string => HOSTILE[index]?.sent ?? toByteString(LAST);
const agentOf = (index: number): string => `Local/${1000 + index}@agents`;
const COUNT = HOSTILE.length + 1;

export async function startHostilePbx(): Promise<HostilePbx> {
  const bootedAtMs = Date.now() - 3_600_000;
  const server = await startAmiServer({
    secret: 'right',
    pbx: {
      encoding: 'latin1',
      isBooted: () => true,
      bootedAtMs: () => bootedAtMs,
      nowMs: Date.now,
      snapshot,
    },
  });
  const tell = (event: string, fields: Readonly<Record<string, string>>): void =>
    server.broadcast([
      Buffer.from(
        renderBlock([
          ['Event', event],
          ['Privilege', 'agent,all'],
          ['Timestamp', renderStamp(Date.now() * 1000)],
          ...Object.entries(fields),
        ]),
        'latin1',
      ),
    ]);
  return {
    server,
    callEverybody() {
      for (let i = 0; i < COUNT; i++) {
        const call = { Queue: queueOf(i), Uniqueid: `call.${i}` };
        const caller = escapeC(HOSTILE[i]?.sent ?? '13800138000').slice(0, 300);
        tell('QueueCallerJoin', { ...call, CallerIDNum: caller, CallerIDName: caller, Position: '1', Count: '1' });
        tell('QueueCallerLeave', { ...call, CallerIDNum: caller, CallerIDName: caller, Position: '1', Count: '0' });
        tell('AgentConnect', { ...call, Interface: agentOf(i), MemberName: queueOf(i), HoldTime: '1', RingTime: '1' });
      }
    },
  };
}

function snapshot(): PbxSnapshot {
  return { queues: Array.from({ length: COUNT }, (_, index) => queue(index)), channels: [] };
}

function queue(index: number): QueueRow {
  return {
    queue: queueOf(index),
    max: 0,
    strategy: 'ringall',
    holdtime: 0,
    talkTime: 0,
    completed: 0,
    abandoned: 0,
    serviceLevel: 20,
    servicelevelPerf: '0.0',
    servicelevelPerf2: '0.0',
    weight: 0,
    members: [member(index)],
    entries: [entry(index, BROKEN_CALLERS[index] ?? queueOf(index))],
  };
}

function member(index: number): MemberRow {
  const { sent } = HOSTILE[index] ?? { sent: toByteString(LAST) };
  return {
    name: sent,
    location: agentOf(index),
    stateInterface: agentOf(index),
    membership: 'dynamic',
    penalty: 0,
    callsTaken: 0,
    lastCall: 0,
    lastPause: 0,
    loginTime: 0,
    inCall: 0,
    status: 1,
    // Half of them are on a break, whose reason somebody typed.
    paused: index % 2,
    pausedReason: index % 2 === 1 ? sent : '',
    wrapuptime: 0,
  };
}

function entry(index: number, caller: string): EntryRow {
  return {
    position: 1,
    channel: `PJSIP/trunk-${String(index).padStart(8, '0')}`,
    uniqueid: `waiting.${index}`,
    callerIdNum: caller,
    callerIdName: caller,
    connectedLineNum: 'unknown',
    connectedLineName: 'unknown',
    waitS: 5,
    priority: 0,
  };
}
