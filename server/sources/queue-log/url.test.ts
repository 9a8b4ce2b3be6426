import { expect, test } from 'vitest';
import { parseQueueLogUrl, QueueLogUrlError } from './url.ts';

test('[QL12] an address names the file and the site', () => {
  expect(parseQueueLogUrl('queue-log:///var/log/asterisk/queue_log')).toEqual({
    path: '/var/log/asterisk/queue_log',
    site: 'main',
  });
  expect(parseQueueLogUrl('queue-log:///srv/%E6%97%A5%E5%BF%97/queue_log?site=north')).toEqual({
    path: '/srv/日志/queue_log',
    site: 'north',
  });
});

test.each([
  ['queue-log://var/log/queue_log', /queue-log:\/\/\/var\/log\/queue_log/],
  ['queue-log:///', /absolute path/],
  ['queue-log:///var/log/', /absolute path/],
  ['queue-log:///q%zz', /%25/],
  ['queue-log:///q?site=a&site=b', /twice/],
  ['queue-log:///q?token=1', /unknown option/],
  ['queue-log:///q?site=a/b', /site must be/],
  ['queue-log:///q#x', /%23/],
])('[QL12] %s is refused with what to do', (url, issue) => {
  expect(() => parseQueueLogUrl(url)).toThrow(QueueLogUrlError);
  expect(() => parseQueueLogUrl(url)).toThrow(issue);
});
