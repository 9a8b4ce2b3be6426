/** What every role of this process is given. */
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Redis, RedisPurpose } from '../redis/client.ts';

export interface Node {
  readonly config: Config;
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
  readonly metrics: Metrics;
  /** For short commands of every role. */
  readonly command: Redis;
  /** A connection of its own; whoever asks for it closes it. */
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
}

/** What the sources of this process need of it; they may live on a thread of their own. */
export interface SourceNode extends Omit<Node, 'metrics'> {
  readonly metrics: Pick<Metrics, 'ingested' | 'anomaly'>;
}

/** A role at work. Each part of a stop takes a bounded time, and the parts of all roles go in this order. */
export interface Role {
  /** Takes nothing new on; what it held is free for another process when this resolves. */
  letGo(): Promise<void>;
  /** Ends what is left. */
  close(): Promise<void>;
}
