// The list answers of Asterisk 23: a Response, the items, and a Complete event that counts them.
import type { ChannelRow, PbxSnapshot, QueueRow } from './pbx.ts';
import { escapeC, type Fields, renderBlock, renderDuration } from './wire.ts';

const idLine = (actionId: string | undefined): Fields => (actionId === undefined ? [] : [['ActionID', actionId]]);

export function renderResponse(status: string, actionId: string | undefined, fields: Fields): string {
  return renderBlock([['Response', status], ...idLine(actionId), ...fields]);
}

function renderList(
  actionId: string | undefined,
  message: string,
  complete: string,
  items: readonly Fields[],
  id: 'id-first' | 'id-last',
): string {
  let text = renderResponse('Success', actionId, [
    ['EventList', 'start'],
    ['Message', message],
  ]);
  for (const item of items) {
    const [event, ...rest] = item;
    if (event === undefined) continue;
    text += renderBlock(id === 'id-first' ? [event, ...idLine(actionId), ...rest] : [...item, ...idLine(actionId)]);
  }
  const tail: Fields = [
    ['EventList', 'Complete'],
    ['ListItems', items.length],
  ];
  return text + renderBlock([['Event', complete], ...idLine(actionId), ...tail]);
}

interface Filter {
  queue?: string | undefined;
  member?: string | undefined;
}

export function renderQueueStatus(snapshot: PbxSnapshot, filter: Filter, actionId: string | undefined): string {
  const items: Fields[] = [];
  for (const queue of matching(snapshot, filter.queue)) {
    items.push(queueParams(queue));
    for (const m of queue.members) {
      if (filter.member !== undefined && filter.member !== '' && filter.member !== m.location) continue;
      items.push([
        ['Event', 'QueueMember'],
        ['Queue', queue.queue],
        ['Name', m.name],
        ['Location', m.location],
        ['StateInterface', m.stateInterface],
        ['Membership', m.membership],
        ['Penalty', m.penalty],
        ['CallsTaken', m.callsTaken],
        ['LastCall', m.lastCall],
        ['LastPause', m.lastPause],
        ['LoginTime', m.loginTime],
        ['InCall', m.inCall],
        ['Status', m.status],
        ['Paused', m.paused],
        ['PausedReason', m.pausedReason],
        ['Wrapuptime', m.wrapuptime],
      ]);
    }
    for (const e of queue.entries) {
      items.push([
        ['Event', 'QueueEntry'],
        ['Queue', queue.queue],
        ['Position', e.position],
        ['Channel', e.channel],
        ['Uniqueid', e.uniqueid],
        ['CallerIDNum', e.callerIdNum],
        ['CallerIDName', e.callerIdName],
        ['ConnectedLineNum', e.connectedLineNum],
        ['ConnectedLineName', e.connectedLineName],
        ['Wait', e.waitS],
        ['Priority', e.priority],
      ]);
    }
  }
  return renderList(actionId, 'Queue status will follow', 'QueueStatusComplete', items, 'id-last');
}

const queueParams = (q: QueueRow): Fields => [
  ['Event', 'QueueParams'],
  ['Queue', q.queue],
  ['Max', q.max],
  ['Strategy', q.strategy],
  ['Calls', q.entries.length],
  ['Holdtime', q.holdtime],
  ['TalkTime', q.talkTime],
  ['Completed', q.completed],
  ['Abandoned', q.abandoned],
  ['ServiceLevel', q.serviceLevel],
  ['ServicelevelPerf', q.servicelevelPerf],
  ['ServicelevelPerf2', q.servicelevelPerf2],
  ['Weight', q.weight],
];

export function renderQueueSummary(snapshot: PbxSnapshot, filter: Filter, actionId: string | undefined): string {
  const items = matching(snapshot, filter.queue).map((q): Fields => {
    // Asterisk's own counting: unavailable (5) and invalid (4) devices don't count, idle (1) and unknown (0) are free.
    const reachable = q.members.filter((m) => m.status !== 4 && m.status !== 5);
    return [
      ['Event', 'QueueSummary'],
      ['Queue', q.queue],
      ['LoggedIn', reachable.length],
      ['Available', reachable.filter((m) => m.status <= 1 && m.paused === 0).length],
      ['Callers', q.entries.length],
      ['HoldTime', q.holdtime],
      ['TalkTime', q.talkTime],
      ['LongestHoldTime', q.entries.reduce((longest, e) => Math.max(longest, e.waitS), 0)],
    ];
  });
  return renderList(actionId, 'Queue summary will follow', 'QueueSummaryComplete', items, 'id-last');
}

export function renderChannels(snapshot: PbxSnapshot, actionId: string | undefined): string {
  const items = snapshot.channels.map(channelItem);
  return renderList(actionId, 'Channels will follow', 'CoreShowChannelsComplete', items, 'id-first');
}

/** Channels are escaped as in events, application data too. */
const channelItem = (c: ChannelRow): Fields => [
  ['Event', 'CoreShowChannel'],
  ['Channel', c.channel],
  ['ChannelState', c.state],
  ['ChannelStateDesc', c.stateDesc],
  ['CallerIDNum', c.callerIdNum],
  ['CallerIDName', escapeC(c.callerIdName)],
  ['ConnectedLineNum', c.connectedLineNum],
  ['ConnectedLineName', escapeC(c.connectedLineName)],
  ['Language', c.language],
  ['AccountCode', c.accountCode],
  ['Context', c.context],
  ['Exten', c.exten],
  ['Priority', c.priority],
  ['Uniqueid', c.uniqueid],
  ['Linkedid', c.linkedid],
  ['Application', c.application],
  ['ApplicationData', escapeC(c.applicationData)],
  ['Duration', renderDuration(c.durationMs)],
  ['BridgeId', c.bridgeId],
];

/** An unknown queue is an empty list, not an error; names compare without case. */
function matching(snapshot: PbxSnapshot, queue: string | undefined): readonly QueueRow[] {
  if (queue === undefined || queue === '') return snapshot.queues;
  return snapshot.queues.filter((q) => q.queue.toLowerCase() === queue.toLowerCase());
}
