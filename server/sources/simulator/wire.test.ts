import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeC, fromByteString, renderDuration, renderStamp, toByteString, unescapeC } from './wire.ts';

test('[SIM3] names are escaped as Asterisk does it, and come back', () => {
  expect(escapeC('O\'Hara "Ace" \\\r\n')).toBe('O\\\'Hara \\"Ace\\" \\\\\\r\\n');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => unescapeC(escapeC(name)) === name));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => fromByteString(toByteString(name)) === name));
});

test('[SIM4] stamps have six digits, durations are clock-like', () => {
  expect(renderStamp(1_795_282_183_000_042)).toBe('1795282183.000042');
  expect(renderDuration(3_723_900)).toBe('01:02:03');
});
