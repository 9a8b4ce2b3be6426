/** Keys of the fold's maps. Calls and queues are named by the PBX and may hold the separator; numbers stand last. */

const SEPARATOR = '|';

/** A call's visits to one queue. */
export const visitKey = (call: string, queue: string): string => `${call}${SEPARATOR}${queue}`;

/** The n-th of them. */
export const contactId = (call: string, queue: string, ordinal: number): string =>
  `${visitKey(call, queue)}${SEPARATOR}${ordinal}`;

export const ordinalOf = (id: string): number => Number(id.slice(id.lastIndexOf(SEPARATOR) + 1));

/** A bucket of a queue; of the site where the queue is SITE_ROW. */
export const bucketKey = (queue: string, startAt: number): string => `${queue}${SEPARATOR}${startAt}`;

export function parseBucketKey(key: string): { readonly queue: string; readonly startAt: number } {
  const separator = key.lastIndexOf(SEPARATOR);
  return { queue: key.slice(0, separator), startAt: Number(key.slice(separator + 1)) };
}

/** Identity of a no-answer in the PBX's log. No live offer is called like this: theirs are single words. */
export const offerRecordId = (parts: readonly (string | number)[]): string => ['log', ...parts].join(SEPARATOR);
