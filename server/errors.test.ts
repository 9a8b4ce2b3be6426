import { expect, test } from 'vitest';
import { ERROR_CODES } from '../shared/error.ts';
import { AppError, answerTo, ERRORS } from './errors.ts';
import { createLogger, hidePassword } from './log.ts';

test('[GW2] every code that travels has a status and says what to do', () => {
  for (const code of ERROR_CODES) {
    expect(ERRORS[code].status).toBeGreaterThanOrEqual(400);
    expect(ERRORS[code].message).toMatch(/[;.] .*\w\.$|; .*\.$/);
  }
});

test.each([
  [new AppError('site.unknown', 'secret detail'), 404, 'site.unknown'],
  [new AppError('redis.unreachable', 'redis://:secret@r'), 503, 'server.notReady'],
  [new AppError('http.portTaken'), 500, 'server.failed'],
  [new Error('secret detail'), 500, 'server.failed'],
  ['secret', 500, 'server.failed'],
])('[GW2] %s answers %i %s without its detail', (error, status, code) => {
  const answer = answerTo(error);
  expect(answer).toMatchObject({ status, body: { error: { code } } });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

function linesOf(format: 'text' | 'json', act: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  act(createLogger({ level: 'debug', format, write: (line) => (text += line) }));
  return text;
}

test('[CF1] log lines hide secrets and callers in either format', () => {
  for (const format of ['text', 'json'] as const) {
    const text = linesOf(format, (log) =>
      log.info(
        { password: 'hunter2', call: { caller: { number: 'hunter2' } }, headers: { authorization: 'hunter2' } },
        'x',
      ),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('[hidden]');
  }
  expect(hidePassword('redis://user:hunter2@r:6379/1')).toBe('redis://user:***@r:6379/1');
  expect(hidePassword('postgres:///db?host=%2Frun&password=hunter2')).toBe('postgres:///db?host=%2Frun&password=***');
  expect(hidePassword('hunter2')).toBe('[hidden]');
});

test('a text line reads time, level, message, fields; a warning names its error on the same line, an error shows its stack', () => {
  const line = linesOf('text', (log) => log.warn({ site: 'main', n: 2, err: new Error('gone') }, 'redis.lost'));
  expect(line).toMatch(/^\d\d:\d\d:\d\d WARN {2}redis\.lost site=main n=2 error="gone"\n$/);
  expect(linesOf('text', (log) => log.error({ err: new Error('gone') }, 'x'))).toMatch(
    /error="gone"\nError: gone\n {4}at /,
  );
});
