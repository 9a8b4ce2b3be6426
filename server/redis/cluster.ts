/** A connection to a Redis Cluster that never gives up: client.ts says what that means. */
import { Cluster, type RedisOptions } from 'ioredis';

const RETRY_MS = 50;

/** Of the connection to one node. */
export type NodeOptions = Pick<
  RedisOptions,
  'connectionName' | 'socketTimeout' | 'maxLoadingRetryTime' | 'username' | 'password' | 'tls'
>;

/** Does not connect yet. */
export function openCluster(
  nodes: readonly { readonly host: string; readonly port: number }[],
  node: NodeOptions,
  retryStrategy: (attempt: number) => number,
): Cluster {
  return new Cluster([...nodes], {
    lazyConnect: true,
    redisOptions: node,
    clusterRetryStrategy: retryStrategy,
    // A command waits for as long as its slot has no master.
    maxRedirections: Number.POSITIVE_INFINITY,
    retryDelayOnFailover: RETRY_MS,
    retryDelayOnClusterDown: RETRY_MS,
    retryDelayOnTryAgain: RETRY_MS,
    // Between two nodes that do not agree yet a command must not go back and forth at full speed.
    retryDelayOnMoved: 10,
    // What finds the new master of a slot when the old one hangs and answers nothing at all.
    slotsRefreshInterval: 2_000,
    // Certificates are made out to the names of nodes, not to their addresses.
    ...(node.tls && { dnsLookup: (name: string, done: (error: null, address: string) => void) => done(null, name) }),
  });
}

/** Closes at once; what still waits for an answer is rejected. */
export function dropCluster(cluster: Cluster): void {
  if (cluster.status === 'end') return;
  const hasNodes = cluster.nodes().length > 0;
  cluster.disconnect();
  // Without a node there is nobody whose end ioredis would hear, and its commands would wait for ever.
  if (!hasNodes) (cluster as unknown as { handleCloseEvent(): void }).handleCloseEvent();
}
