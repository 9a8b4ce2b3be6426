/**
 * Two PBXs in one site. Each numbers its calls by itself and has a clock of its own; in the site's stream their calls must
 * not meet by accident and their times must mean the same. So calls and legs get the source's id in front, and the times of
 * a clock that is wrong are moved to the server's. Queues and agents with the same id are the same thing, on purpose.
 *
 * A site with one PBX keeps that PBX's clock and ids as they are (docs/adr/0003).
 */
import type { DomainEvent, EventOf } from '../../shared/event.ts';
import type { Source } from './source.ts';

/** A clock that is off by less is right: network and scheduling make as much. */
const TOLERATED_MS = 1_000;
/** The correction changes only when it is wrong by this: durations between two events must not jump. */
const STEP_MS = 500;
/** How fast the estimate forgets an event that came with little delay. */
const DECAY = 0.01;

/** A source as one of several of its site. */
export function asNeighbour(source: Source): Source {
  const { acting } = source;
  let prefix = '';
  return {
    ...source,
    run: (context) => {
      const move = createNeighbour(context.source);
      prefix = `${context.source}/`;
      return source.run({ ...context, append: (events, at) => context.append(move(events, at), at) });
    },
    ...(acting && {
      acting: {
        abilities: () => acting.abilities(),
        execute: (order) => {
          const { command } = order;
          if (command.do !== 'hang-up' || command.call === null) return acting.execute(order);
          if (!command.call.startsWith(prefix)) return 'elsewhere';
          return acting.execute({ ...order, command: { ...command, call: command.call.slice(prefix.length) } });
        },
      },
    }),
  };
}

export type Neighbour = (events: readonly DomainEvent[], receivedAt: number) => DomainEvent[];

/** Called once per connected source; remembers what it has learnt of its clock. */
export function createNeighbour(source: string): Neighbour {
  let estimateMs: number | null = null;
  let appliedMs = 0;
  const learn = (readMs: number): void => {
    // Delay only ever makes a clock look slow, so the highest reading of late is the best.
    estimateMs = estimateMs === null || readMs > estimateMs ? readMs : estimateMs + (readMs - estimateMs) * DECAY;
    const wantedMs = Math.abs(estimateMs) < TOLERATED_MS ? 0 : Math.round(estimateMs);
    if (Math.abs(wantedMs - appliedMs) > STEP_MS) appliedMs = wantedMs;
  };
  const named = (id: string): string => `${source}/${id}`;
  const namedIfAny = (id: string | null): string | null => (id === null ? null : named(id));
  const timed = (at: number): number => Math.max(0, at - appliedMs);
  return (events, receivedAt) =>
    events.map((event) => {
      learn(event.at - receivedAt);
      const moved = { ...event, at: timed(event.at) };
      switch (moved.type) {
        case 'contact.offered':
        case 'contact.answered':
        case 'contact.left':
          return { ...moved, call: named(moved.call) };
        case 'contact.finished':
          return { ...moved, call: namedIfAny(moved.call) };
        case 'offer.started':
          return { ...moved, call: named(moved.call), offer: named(moved.offer) };
        case 'offer.ended':
          return { ...moved, call: namedIfAny(moved.call), offer: named(moved.offer) };
        case 'source.synced':
          return namedPicture(moved, named, timed);
        default:
          return moved;
      }
    });
}

function namedPicture(
  picture: EventOf<'source.synced'>,
  named: (id: string) => string,
  timed: (at: number) => number,
): EventOf<'source.synced'> {
  return {
    ...picture,
    bootedAt: picture.bootedAt === null ? null : timed(picture.bootedAt),
    waiting: picture.waiting.map((row) => ({ ...row, call: named(row.call), offeredAt: timed(row.offeredAt) })),
    talking: picture.talking?.map((row) => ({ ...row, call: named(row.call) })) ?? null,
  };
}
