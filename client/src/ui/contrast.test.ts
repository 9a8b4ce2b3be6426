/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

function tokens(theme: string): Record<string, string> {
  const start = css.indexOf(`[data-theme="${theme}"]`);
  const block = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const TEXT = 4.5;
const SHAPE = 3;
const grounds = ['ground', 'surface', 'raised'];
const pairs: [string, string, number][] = [
  ...['text', 'text-soft', 'text-quiet', 'accent', 'watch', 'warning', 'critical'].flatMap((ink) =>
    grounds.map((ground): [string, string, number] => [ink, ground, TEXT]),
  ),
  ...['text', 'text-soft', 'text-quiet', 'critical', 'warning', 'watch'].map((ink): [string, string, number] => [
    ink,
    'critical-tint',
    TEXT,
  ]),
  ...['text', 'text-soft', 'text-quiet', 'warning'].map((ink): [string, string, number] => [ink, 'warning-tint', TEXT]),
  ['on-accent', 'accent', TEXT],
  ['on-warning', 'warning', TEXT],
  ['on-critical', 'critical', TEXT],
  ['line-strong', 'ground', SHAPE],
  ['heat-normal', 'ground', SHAPE],
  ...['free', 'ringing', 'talking', 'holding', 'after', 'internal', 'break'].map((state): [string, string, number] => [
    `state-${state}`,
    'ground',
    SHAPE,
  ]),
];

test('the arithmetic: black on white is 21, a known grey is what WCAG says', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test.each(['dark', 'light'])('%s theme: every pair reaches its ratio', (theme) => {
  const color = tokens(theme);
  const failing = pairs
    .map(([ink, ground, least]) => ({
      pair: `${ink} on ${ground}`,
      ratio: contrast(color[ink] ?? '', color[ground] ?? ''),
      least,
    }))
    .filter(({ ratio, least }) => !(ratio >= least));
  expect(failing).toEqual([]);
});

test('both themes define the same colours', () => {
  expect(Object.keys(tokens('light')).sort()).toEqual(Object.keys(tokens('dark')).sort());
});

/** The ratios above hold for opaque ink only. These are shapes, or text that is opaque where it is seen. */
const MAY_BE_TRANSPARENT = [
  /\.spark(__area)?$/,
  /\.chart__body$/,
  /\.chart :is\(\.chart__offered, \.chart__answered, circle\)$/,
  /\.heat$/,
  /\.state-bar__bar$/,
  /\.grid__arrow$/,
  /\.(filter|input)::placeholder$/,
  // The plate behind a new breach.
  /\.strip__item::before$/,
  /^30%$/,
];

const STYLES = [
  'ui/base.css',
  'ui/controls.css',
  'board/wall.css',
  'supervisor/floor.css',
  'charts/charts.css',
  'start-page.css',
  'access/gate.css',
  'access/account-menu.css',
  'access/access.css',
];

test.each(STYLES)('%s makes no text transparent, not even for a moment', (file) => {
  const rules = readFileSync(join(import.meta.dirname, '..', file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const transparent = [...rules.matchAll(/([^{}]+)\{[^{}]*?\bopacity:/g)]
    .flatMap(([, selectors = '']) => selectors.split(/,(?![^(]*\))/))
    .map((selector) => selector.trim())
    .filter((selector) => !MAY_BE_TRANSPARENT.some((shape) => shape.test(selector)));
  expect(transparent).toEqual([]);
});
