/** docs/metrics.md describes what the API says, and the rules on it have their tests. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { API } from '../../shared/api.ts';
import {
  AGENT_RATIOS,
  AGENT_SUMS,
  LIVE_NUMBERS,
  PERCENTILES,
  RATIOS,
  WINDOW_RATIOS,
} from '../../shared/api-numbers.ts';
import { COUNTERS, SERVICE_LEVELS } from '../../shared/metric.ts';
import { ACTIVITIES, PRESENCES } from '../../shared/presence.ts';
import { BUCKET_COUNTERS, LIVE } from '../../shared/view.ts';
import { WINDOWS } from '../../shared/window.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(ROOT, 'docs/metrics.md'), 'utf8');

/** Rows of the tables under a heading: the cells of each, by the name in the first one. */
function rowsUnder(heading: string): Map<string, string[]> {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return new Map(
    Array.from(section.matchAll(/^\| `(\w+)` \|(.*)\|$/gm), ([, name = '', rest = '']) => [
      name,
      rest.split('|').map((cell) => cell.trim()),
    ]),
  );
}

const names = (heading: string): string[] => [...rowsUnder(heading).keys()].sort();
const sorted = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

test('[MET11] every counter, ratio, live cell, window and state is described, and nothing that does not exist', () => {
  expect(names('Counters')).toEqual(sorted(COUNTERS));
  expect(names('Service level')).toEqual(sorted(Object.keys(SERVICE_LEVELS), ['serviceLevelRatio', 'isSampleEnough']));
  const levels = Object.keys(SERVICE_LEVELS);
  expect(names('Ratios and averages')).toEqual(
    sorted(
      RATIOS.filter((name) => !levels.includes(name)),
      PERCENTILES,
    ),
  );
  expect(names('Now')).toEqual(sorted(LIVE_NUMBERS));
  expect(LIVE_NUMBERS).toEqual(expect.arrayContaining([...LIVE]));
  expect(names('Scopes and windows')).toEqual(sorted(WINDOWS, ['live', 'today']));
  expect(names('Agents and teams')).toEqual(
    sorted(AGENT_SUMS, AGENT_RATIOS, PRESENCES, ACTIVITIES, ['signedInMs', 'availableIdleMs']),
  );
});

test('[MET11] what the schemas name under live, today and windows is on the page', () => {
  const described = new Set(Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name));
  /** `aggregate` words that are no numbers. */
  const structure = new Set(['ratios', 'percentiles', 'presenceMs', 'activityMs', 'startAt', 'endAt', 'hasGap']);
  const seen = new Set<string>();
  const walk = (schema: unknown, isInside: boolean): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const {
      properties = {},
      items,
      anyOf = [],
    } = schema as {
      properties?: Record<string, unknown>;
      items?: unknown;
      anyOf?: unknown[];
    };
    for (const [name, property] of Object.entries(properties)) {
      if (isInside && !structure.has(name)) seen.add(name);
      walk(property, isInside || ['live', 'today', 'windows'].includes(name));
    }
    walk(items, isInside);
    for (const option of anyOf) walk(option, isInside);
  };
  for (const { response } of [API.sites, API.queues, API.groups, API.agents, API.teams])
    walk(z.toJSONSchema(response), false);
  expect(seen.size).toBeGreaterThan(60);
  expect([...seen].filter((name) => !described.has(name))).toEqual([]);
});

test('[MET11] each metric has a name in Chinese and in English', () => {
  for (const [heading, marked] of Object.entries({
    Counters: true,
    'Ratios and averages': true,
    'Service level': false,
    Now: false,
    'Agents and teams': false,
  })) {
    for (const [name, cells] of rowsUnder(heading)) {
      const [chinese = '', english = '', meaning = ''] = marked ? cells.slice(1) : cells;
      expect(chinese, name).toMatch(/\p{Script=Han}/u);
      expect(english, name).toMatch(/^[\p{ASCII}]+$/u);
      expect(meaning, name).not.toBe('');
    }
  }
  const marks = (heading: string) => [...rowsUnder(heading)].filter(([, [mark]]) => mark === '●').map(([name]) => name);
  expect(marks('Counters').sort()).toEqual(sorted(BUCKET_COUNTERS));
  const levels = Object.keys(SERVICE_LEVELS);
  expect(marks('Ratios and averages').sort()).toEqual(sorted(WINDOW_RATIOS.filter((name) => !levels.includes(name))));
});

test('[MET11] every rule of the page has its test', () => {
  const files = globSync('{shared,server,client}/**/*.test.{ts,tsx}', { cwd: ROOT });
  const tests = files.map((file) => readFileSync(path.join(ROOT, file), 'utf8')).join('\n');
  const rules = Array.from(page.matchAll(/\*\*(MET\d+)\*\*/g), ([, rule = '']) => rule);
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.filter((rule) => !tests.includes(`[${rule}]`))).toEqual([]);
});
