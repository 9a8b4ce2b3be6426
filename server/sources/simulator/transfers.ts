// A talk that ends in somebody else's hands: blind to another queue or to a desk, or after a consultation.
import { bridgeLines, channelLines } from './lines.ts';
import type { Channel, QueueState, Talk } from './model.ts';
import type { World } from './world.ts';

interface Calls {
  finish(talk: Talk, reason: 'transfer'): void;
  join(caller: Channel, queue: QueueState): void;
}

const TO_QUEUE = 0.007;
const TO_DESK = 0.006;
const ATTENDED = 0.007;
const MIN_TALK_S = 20;

/** Draws whether this talk is transferred, and plans it; false leaves the talk to end by itself. */
export function planTransfer(world: World, talk: Talk, lengthS: number, calls: Calls): boolean {
  const { prng } = world;
  const draw = prng.next();
  if (lengthS < MIN_TALK_S || draw >= TO_QUEUE + TO_DESK + ATTENDED) return false;
  world.in(lengthS * 1000, () => {
    if (talk.isOver) return;
    if (draw < TO_QUEUE) blindToQueue(world, talk, calls);
    else if (draw < TO_QUEUE + TO_DESK) blindToDesk(world, talk, calls);
    else attended(world, talk, calls);
  });
  return true;
}

function emitBlind(world: World, talk: Talk, context: string, extension: string): void {
  const { leg, bridgeId, visit } = talk;
  const ends = `${channelLines(leg, 'Transferer')}${channelLines(visit.caller, 'Transferee')}`;
  talk.transfer = ['BLINDTRANSFER', extension, context];
  const target = `IsExternal: Yes\r\nContext: ${context}\r\nExtension: ${extension}\r\n`;
  world.emit('BlindTransfer', 'call', `Result: Success\r\n${ends}${bridgeLines(bridgeId, 2)}${target}`);
}

function blindToQueue(world: World, talk: Talk, calls: Calls): void {
  const { caller, queue } = talk.visit;
  const target = world.prng.pick(world.queues.filter((other) => other !== queue));
  emitBlind(world, talk, 'from-trunk', target.plan.exten);
  calls.finish(talk, 'transfer');
  world.leaveBridge(caller, 0);
  world.in(2, () => calls.join(caller, target));
}

function blindToDesk(world: World, talk: Talk, calls: Calls): void {
  const { caller } = talk.visit;
  emitBlind(world, talk, 'xfer', '9001');
  calls.finish(talk, 'transfer');
  world.leaveBridge(caller, 0);
  Object.assign(caller, { context: 'xfer', exten: '9001', priority: 1 });
  world.in(world.prng.between(10_000, 90_000), () => {
    world.requestHangup('SoftHangupRequest', caller);
    world.hangUp(caller);
  });
}

/** Hold, a consultation with the target in a bridge of its own, then the caller joins the target. */
function attended(world: World, talk: Talk, calls: Calls): void {
  const { leg, visit, bridgeId } = talk;
  const { caller } = visit;
  world.emit('Hold', 'call', channelLines(leg));
  const desk = { num: '9002', name: '' };
  const target = world.openChannel('PJSIP/9002', leg, desk, { context: 'from-internal', exten: '' });
  const answered = world.in(2500, () => world.newState(target, 6));
  world.in(world.prng.between(8000, 35_000), () => {
    if (talk.isOver) {
      answered.cancel();
      world.hangUp(target);
      return;
    }
    const consultation = world.newBridgeId();
    const channels = [
      channelLines(leg, 'OrigTransferer'),
      bridgeLines(bridgeId, 2, 'Orig'),
      channelLines(leg, 'SecondTransferer'),
      bridgeLines(consultation, 1, 'Second'),
      channelLines(caller, 'Transferee'),
      channelLines(target, 'TransferTarget'),
    ].join('');
    const dest = `IsExternal: No\r\nDestType: Bridge\r\nDestBridgeUniqueid: ${bridgeId}\r\n`;
    talk.transfer = ['ATTENDEDTRANSFER', 'BRIDGE', bridgeId];
    world.emit('AttendedTransfer', 'call', `Result: Success\r\n${channels}${dest}`);
    calls.finish(talk, 'transfer');
    world.enterBridge(bridgeId, target, 2);
    world.in(world.prng.between(10_000, 90_000), () => {
      world.requestHangup('HangupRequest', caller);
      world.leaveBridge(caller, 1);
      world.leaveBridge(target, 0);
      world.hangUp(caller);
      world.hangUp(target);
    });
  });
}
