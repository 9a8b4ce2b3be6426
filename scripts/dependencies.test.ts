import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Manifest & { resolved?: string }> };
const declared = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

test('every dependency is pinned exactly', () => {
  const loose = Object.entries(declared).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

test('docs/dependencies.md has one line for each dependency and none for others', () => {
  const described = Array.from(read('docs/dependencies.md').matchAll(/^- (`.+?`): /gm), ([, names = '']) =>
    Array.from(names.matchAll(/`([^`]+)`/g), ([, name]) => name),
  ).flat();
  expect(described.sort()).toEqual(Object.keys(declared).sort());
});

test('the lockfile names no registry, so every mirror can serve it', () => {
  expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('the lockfile knows the packages of every platform (else: node scripts/complete-lock.ts)', () => {
  const paths = Object.keys(lock.packages);
  const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
});
