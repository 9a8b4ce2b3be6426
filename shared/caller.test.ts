import { expect, test } from 'vitest';
import { maskNumber } from './caller.ts';

test('caller numbers leave the server masked', () => {
  expect(maskNumber('13800138000')).toBe('138******00');
  expect(maskNumber('10086')).toBe('*****');
  expect(maskNumber('😀23456789')).toBe('😀23****89');
  expect(maskNumber(null)).toBeNull();
});
