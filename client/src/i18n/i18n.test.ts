import { expect, test } from 'vitest';
import { en } from './en.ts';
import { chooseTimeZone, createFormat, formatDuration, formatPercent } from './format.ts';
import { chooseLanguage, createI18n } from './i18n.ts';
import { zhCn } from './zh-cn.ts';

type Tree = { readonly [key: string]: string | Tree };
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
const blanks = (text: string): string[] => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name ?? '').sort();

test('both languages have the same keys, nothing empty, and the same blanks to fill', () => {
  const chinese = new Map(leaves(zhCn));
  const english = new Map(leaves(en));
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  for (const [key, text] of chinese) {
    expect(text.trim(), key).not.toBe('');
    expect(english.get(key)?.trim(), key).not.toBe('');
    expect(blanks(english.get(key) ?? ''), key).toEqual(blanks(text));
  }
});

test('the words of the floor', () => {
  const { t } = createI18n('zh-CN');
  expect([t('metric.waiting'), t('metric.onBreak'), t('metric.internalCalls'), t('metric.answerRate')]).toEqual([
    '等待人数',
    '休息人数',
    '内线人数',
    '接通率',
  ]);
  expect(t('metric.serviceLevel', { seconds: 20 })).toBe('20秒接通率');
  expect(t('severity.critical')).toBe('超阈');
  expect(createI18n('en').t('floor.pending', { reason: '<b>&' })).toBe('<b>& pending');
});

test.each([
  ['lang=en', 'zh-CN', ['zh-CN'], 'en'],
  ['', 'en', ['zh-CN'], 'en'],
  ['', null, ['fr', 'en-US'], 'en'],
  ['', null, ['zh-TW'], 'zh-CN'],
  ['', null, ['fr'], 'zh-CN'],
  ['lang=xx', null, [], 'zh-CN'],
])('language for ?%s, stored %s, browser %s: %s', (query, stored, browser, language) => {
  expect(chooseLanguage(new URLSearchParams(query), stored, browser)).toBe(language);
});

test('durations and ratios', () => {
  expect([-5, 0, 7_900, 60_000, 754_000, 3_723_000].map(formatDuration)).toEqual([
    '0:00',
    '0:00',
    '0:07',
    '1:00',
    '12:34',
    '1:02:03',
  ]);
  expect([formatPercent(null), formatPercent(0.805), formatPercent(0.957, 1)]).toEqual(['--', '81%', '95.7%']);
});

test('dates in both languages and in the zone of the site', () => {
  const at = Date.UTC(2026, 10, 21, 22, 30, 5);
  const chinese = createFormat('zh-CN', 'Asia/Shanghai');
  expect([chinese.time(at), chinese.date(at), chinese.isoDate('2026-11-21')]).toEqual([
    '06:30:05',
    '11月22日星期日',
    '11月21日',
  ]);
  expect(createFormat('en', 'UTC').date(at)).toBe('Sat, Nov 21');
  expect(chinese.isoDate('nonsense')).toBe('nonsense');
});

test.each([
  ['?tz=Asia/Tokyo', 'Asia/Shanghai', 'Asia/Tokyo'],
  ['', 'Asia/Shanghai', 'Asia/Shanghai'],
  ['?tz=Mars/Phobos', 'Asia/Shanghai', 'Asia/Shanghai'],
  ['', 'Mars/Phobos', undefined],
  ['?tz=', '', undefined],
])('time zone for %j at a site in %j: %s', (search, site, zone) => {
  expect(chooseTimeZone(search, site)).toBe(zone);
});
