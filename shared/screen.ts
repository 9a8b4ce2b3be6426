/** What TVs, their server and whoever looks after them agree on. */

/** Letters and digits of pairing codes, of which nobody takes one for another from across a room. */
export const CODE_ALPHABET = 'ACDEFGHJKMNPQRTUVWXY34679';
export const CODE_LENGTH = 6;

/** How often a TV reports, and after how long without a word it counts as off. */
export const REPORT_EVERY_MS = 15_000;
export const OFFLINE_AFTER_MS = 40_000;
/** An order to show its name is worth something only to whoever stands there now. */
export const IDENTIFY_WITHIN_MS = 60_000;
