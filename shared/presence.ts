/** The two axes of an agent (DESIGN 2): whether they are there, and what they do. Order is part of the wire: append only. */

export const PRESENCES = ['signedOut', 'available', 'onBreak', 'meal', 'training', 'meeting', 'float'] as const;
export type Presence = (typeof PRESENCES)[number];

export const ACTIVITIES = [
  'idle',
  'ringing',
  'talking',
  'holding',
  'afterCallWork',
  'internalCall',
  'outbound',
] as const;
export type Activity = (typeof ACTIVITIES)[number];
