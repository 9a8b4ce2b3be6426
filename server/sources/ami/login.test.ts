import { expect, test } from 'vitest';
import { encodeAction } from './login.ts';

test('[AMI94] an action is one block with its ActionID', () => {
  expect(encodeAction({ name: 'Login', fields: { Username: '坐席', Events: 'on' } }, 'a-1')).toBe(
    'Action: Login\r\nActionID: a-1\r\nUsername: 坐席\r\nEvents: on\r\n\r\n',
  );
});

test('[AMI95] a line end in a field is refused: it would be a second header', () => {
  expect(() => encodeAction({ name: 'Login', fields: { Username: 'x\r\nEvents: off' } }, 'a-1')).toThrow('Login');
});
