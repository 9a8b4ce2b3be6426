import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { WORDS } from './cells.ts';
import { COUNTERS } from './metric.ts';
import { ACTIVITIES, PRESENCES } from './presence.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import { CHANNELS, TABLES } from './view.ts';

test('[WIRE1] a change of tables, columns or words needs a new PROTOCOL_VERSION: old screens must load themselves anew', () => {
  const wire = JSON.stringify([TABLES, CHANNELS, COUNTERS, PRESENCES, ACTIVITIES, WORDS]);
  const fingerprint = createHash('sha256').update(wire).digest('hex').slice(0, 12);
  // Raise PROTOCOL_VERSION together with the fingerprint.
  expect({ version: PROTOCOL_VERSION, fingerprint }).toEqual({ version: 2, fingerprint: '8a73620c0978' });
});
