// What a manager can do to the PBX: move people in and out of queues and pauses, end calls, listen in. The world changes as
// Asterisk 23 would change it, and says so in the same events; answers carry Asterisk's own words.
import type { AmiAction } from './action-framing.ts';
import { renderResponse } from './answers.ts';
import { channelLines } from './lines.ts';
import type { Agent, Channel, Member, QueueState } from './model.ts';
import { fromByteString } from './wire.ts';
import type { World } from './world.ts';

/** Phones of supervisors: they answer, except for these two. */
const SUPERVISORS = /^PJSIP\/91\d\d$/;
const NEVER_ANSWERS = 'PJSIP/9106';
const BUSY = 'PJSIP/9107';
/** `Reason` of OriginateResponse, a control frame's number. */
const REASON = { unreachable: 0, noAnswer: 3, answered: 4, busy: 5 } as const;
/** Bytes of a pause reason that Asterisk keeps. */
const MAX_REASON_BYTES = 79;

type Answer = readonly [status: 'Success' | 'Error', message: string];
type Handler = (get: (header: string) => string, action: AmiAction) => Answer;

const ok = (message: string): Answer => ['Success', message];
const no = (message: string): Answer => ['Error', message];

/** `dispatch`: somebody may be free now. */
export function createManagerDesk(world: World, dispatch: () => void): (action: AmiAction) => string | undefined {
  const prng = world.prng.fork('manager');
  const queueOf = (name: string): QueueState | undefined =>
    world.queues.find(({ plan }) => plan.name.toLowerCase() === name.toLowerCase());
  const agentOf = (iface: string): Agent | undefined =>
    world.agents.find((agent) => agent.iface.toLowerCase() === iface.toLowerCase());
  const membersOf = (iface: string, queue: string): readonly Member[] =>
    (agentOf(iface)?.members ?? []).filter((member) => queue === '' || member.queue === queueOf(queue));

  const handlers: Readonly<Record<string, Handler>> = {
    queuepause(get) {
      if (get('Interface') === '' || get('Paused') === '') return no("Need 'Interface' and 'Paused' parameters.");
      const paused = isTrue(get('Paused'));
      const members = membersOf(get('Interface'), get('Queue'));
      if (members.length === 0) return no('Interface not found');
      for (const member of members) {
        // Without a reason the old one stays.
        world.setPause(member, paused, paused ? get('Reason') || member.reason : '');
      }
      if (!paused) dispatch();
      return ok(paused ? 'Interface paused successfully' : 'Interface unpaused successfully');
    },
    queueadd(get) {
      if (get('Queue') === '') return no("'Queue' not specified.");
      if (get('Interface') === '') return no("'Interface' not specified.");
      const queue = queueOf(get('Queue'));
      if (!queue) return no('Unable to add interface to queue: No such queue');
      const agent = agentOf(get('Interface')) ?? newcomer(get('Interface'), get('MemberName'));
      if (agent.members.some((member) => member.queue === queue)) return no('Unable to add interface: Already there');
      const member = world.addMember(agent, queue, Math.max(0, Number.parseInt(get('Penalty'), 10) || 0), true);
      member.paused = isTrue(get('Paused'));
      world.log('MANAGER', queue.plan.name, agent.iface, 'ADDMEMBER', member.paused ? 'PAUSED' : '');
      world.emitMember('QueueMemberAdded', member);
      dispatch();
      return ok('Added interface to queue');
    },
    queueremove(get) {
      if (get('Queue') === '' || get('Interface') === '') return no("Need 'Queue' and 'Interface' parameters.");
      if (!queueOf(get('Queue'))) return no('Unable to remove interface from queue: No such queue');
      const [member] = membersOf(get('Interface'), get('Queue'));
      if (!member) return no('Unable to remove interface: Not there');
      if (!member.isDynamic) return no('Member not dynamic');
      world.removeMember(member);
      return ok('Removed interface from queue');
    },
    queuepenalty(get) {
      const members = membersOf(get('Interface'), get('Queue'));
      if (members.length === 0) return no('Invalid interface, queuename or penalty');
      for (const member of members) {
        member.penalty = Number.parseInt(get('Penalty'), 10) || 0;
        world.log('NONE', member.queue.plan.name, member.agent.iface, 'PENALTY', member.penalty);
        world.emitMember('QueueMemberPenalty', member);
      }
      return ok('Interface penalty set successfully');
    },
    hangup(get) {
      const wanted = get('Channel');
      if (wanted === '') return no('No channel specified');
      const channel = [...world.channels.values()].find(({ name, uniqueid }) => name === wanted || uniqueid === wanted);
      if (!channel) return no('No such channel');
      const { onManagerHangup } = channel;
      channel.onManagerHangup = undefined;
      if (onManagerHangup) onManagerHangup();
      else {
        world.requestHangup('SoftHangupRequest', channel);
        world.hangUp(channel);
      }
      return ok('Channel Hungup');
    },
    messagesend(get) {
      const to = get('Destination') || get('To');
      if (to === '') return no("No 'To' address specified.");
      const [technology = '', endpoint = ''] = to.split(/:(.*)/s);
      if (technology !== 'pjsip') return no('Message technology not found.');
      const encoded = get('Base64Body');
      const text = encoded === '' ? get('Body') : Buffer.from(encoded, 'base64').toString();
      const agent = agentOf(`PJSIP/${endpoint}`);
      if (!agent) return no('Message failed to send.');
      world.messages.push({ phone: agent.iface, text });
      return ok('Message successfully sent');
    },
    originate(get, { actionId = '' }) {
      if (get('Channel') === '') return no('Channel not specified');
      if (get('Application') !== 'ChanSpy') return no('Application not found');
      ring(get, actionId);
      return ok('Originate successfully queued');
    },
  };

  /** Asterisk takes any interface for a member. */
  function newcomer(iface: string, name: string): Agent {
    const exten = iface.slice(iface.indexOf('/') + 1);
    const plan = { exten, name: name || iface, team: '', isDynamic: true, skills: [] };
    const agent: Agent = {
      plan,
      iface,
      members: [],
      status: 1,
      doing: 'idle',
      callsTaken: 0,
      lastCallMs: 0,
      wrapEndsAtMs: 0,
    };
    world.agents.push(agent);
    return agent;
  }

  /** The supervisor's phone rings; once it is answered, it listens until the other call ends. */
  function ring(get: (header: string) => string, actionId: string): void {
    const phone = get('Channel');
    const told = (response: 'Success' | 'Failure', reason: number, channel?: Channel): void => {
      const lines = {
        ActionID: actionId,
        Response: response,
        Channel: phone,
        Context: '',
        Exten: '',
        Application: 'ChanSpy',
        Data: get('Data'),
        Reason: reason,
        Uniqueid: channel?.uniqueid ?? '<null>',
        CallerIDNum: '<unknown>',
        CallerIDName: '<unknown>',
      };
      const text = Object.entries(lines).map(([key, value]) => `${key}: ${value}\r\n`);
      world.emit('OriginateResponse', 'call', text.join(''));
    };
    if (!SUPERVISORS.test(phone)) return void world.in(5, () => told('Failure', REASON.unreachable));
    const who = { num: phone.slice(phone.indexOf('/') + 1), name: '' };
    const spyer = world.openChannel(phone, undefined, who, { context: 'default', exten: 's' }, get('ChannelId'));
    world.in(60, () => world.newState(spyer, 5));
    if (phone === BUSY) return void world.in(80, () => fail(REASON.busy));
    if (phone === NEVER_ANSWERS) return void world.in(Number(get('Timeout')), () => fail(REASON.noAnswer));
    world.in(prng.between(400, 900), () => {
      if (!world.channels.has(spyer.uniqueid)) return;
      Object.assign(spyer, { application: 'ChanSpy', applicationData: get('Data') });
      world.newState(spyer, 6);
      told('Success', REASON.answered, spyer);
      listen(spyer, get('Data').split(',')[0] ?? '');
    });

    function fail(reason: number): void {
      world.hangUp(spyer, 19);
      told('Failure', reason);
    }
  }

  function listen(spyer: Channel, wanted: string): void {
    const spied = [...world.channels.values()].find(
      (other) => other !== spyer && (other.name === wanted || other.uniqueid === wanted),
    );
    if (!spied) return world.hangUp(spyer);
    const ends = `${channelLines(spyer, 'Spyer')}${channelLines(spied, 'Spyee')}`;
    world.emit('ChanSpyStart', 'call', ends);
    const look = (): void => {
      if (!world.channels.has(spyer.uniqueid)) return;
      if (world.channels.has(spied.uniqueid)) return void world.in(250, look);
      world.emit('ChanSpyStop', 'call', ends);
      world.hangUp(spyer);
    };
    look();
  }

  return (action) => {
    const handle = handlers[action.name.toLowerCase()];
    if (!handle) return undefined;
    const get = (header: string): string => {
      const bytes = action.get(header) ?? '';
      return fromByteString(header === 'Reason' ? bytes.slice(0, MAX_REASON_BYTES) : bytes);
    };
    const [status, message] = handle(get, action);
    return renderResponse(status, action.actionId, [['Message', message]]);
  };
}

const isTrue = (text: string): boolean => /^(1|yes|true|y|t|on)$/i.test(text);
