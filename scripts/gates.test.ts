/**
 * A gate counts only after it has been seen to fail. Every tree under `gates/` breaks each rule of one gate: a file says
 * in its first line what must be reported for it (`// expect: rule …`), and a file that says nothing must stay unreported.
 * The trees are read with the real configuration and the real commands of package.json.
 */
import { spawn } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

type Findings = Map<string, Set<string>>;

const GATE_TIMEOUT_MS = 60_000;
const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const CONFIGS = [
  'package.json',
  'tsconfig*.json',
  'biome.json',
  '.dependency-cruiser.cjs',
  'knip.json',
  'scripts/check-pure.ts',
];

let workspace: string;

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'floorcast-gates-'));
});

afterAll(() => {
  rmSync(workspace, { recursive: true, force: true });
});

test('check:types fails on every compiler rule, in every project', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { code, output } = await gate('check:types', plant('bad-types'));
  expect(code).not.toBe(0);
  expectReported('bad-types', collect(output, /^(\S+)\(\d+,\d+\): error (TS\d+)/gm));
});

test('check:lint fails on every configured rule', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { code, output } = await gate('check:lint', plant('bad-lint'), '--max-diagnostics=none');
  expect(code).not.toBe(0);
  expectReported('bad-lint', collect(output, /^(\S+?)(?::\d+:\d+)? (?:(?:lint|assist)\/\w+\/)?(\w+) .*━/gm));
  expect(configuredLintRules().difference(expectedRules('bad-lint'))).toEqual(new Set());
});

test('check:deps fails on every import rule', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { code, output } = await gate('check:deps', plant('bad-deps'));
  expect(code).not.toBe(0);
  expectReported('bad-deps', collect(output, /^\s*error ([\w-]+): (\S+)/gm, 'rule first'));
  const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
    forbidden: { name: string }[];
  };
  expect(expectedRules('bad-deps')).toEqual(new Set(forbidden.map((rule) => rule.name)));
});

test('check:unused fails on dead files, exports and dependencies', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { code, output } = await gate('check:unused', plant('bad-unused'), '--reporter=json');
  expect(code).not.toBe(0);
  const findings: Findings = new Map();
  for (const { file, ...kinds } of (JSON.parse(output) as { issues: { file: string }[] }).issues) {
    for (const [kind, found] of Object.entries(kinds)) {
      if (Array.isArray(found) && found.length > 0) add(findings, file, kind);
    }
  }
  expect(findings.get('package.json')).toEqual(new Set(['dependencies']));
  findings.delete('package.json');
  expectReported('bad-unused', findings);
});

test('check:pure fails on clocks and randomness', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { code, output } = await gate('check:pure', plant('bad-pure'));
  expect(code).not.toBe(0);
  expectReported('bad-pure', collect(output, /^(\S+):\d+ (\S+)/gm));
});

test('check:pure fails when it finds nothing to read', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { code, output } = await gate('check:pure', plant('bad-unused'));
  expect(code).not.toBe(0);
  expect(output).toContain('No pure files found');
});

test.for([
  ['check:lint', /Checked (\d+) files/],
  ['check:deps', /(\d+) modules/],
  ['check:pure', /Checked (\d+) pure files/],
] as const)('%s sees the files of this repository', { timeout: GATE_TIMEOUT_MS }, async ([name, count]) => {
  const { output } = await gate(name, root);
  expect(Number(count.exec(output)?.[1])).toBeGreaterThan(0);
});

test('check:types sees the files of every project', { timeout: GATE_TIMEOUT_MS }, async () => {
  const { references } = JSON.parse(read('tsconfig.json')) as { references: { path: string }[] };
  for (const { path } of references) {
    const { output } = await run(`tsc --showConfig -p ${path}`, root);
    expect((JSON.parse(output) as { files: string[] }).files, path).not.toHaveLength(0);
  }
});

/** Copies a known-bad tree, with the real configuration around it, to where no real gate looks. */
function plant(tree: string): string {
  const directory = mkdtempSync(join(workspace, `${tree}-`));
  for (const config of globSync(CONFIGS, { cwd: root })) cpSync(join(root, config), join(directory, config));
  cpSync(join(import.meta.dirname, 'gates', tree), directory, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

function gate(name: string, cwd: string, ...args: string[]) {
  return run([scripts[name], ...args].join(' '), cwd);
}

async function run(command: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const child = spawn('sh', ['-c', `${command} 2>&1`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const output = stripVTControlCharacters(await text(child.stdout));
  return { code: await closed, output };
}

function collect(output: string, pattern: RegExp, order?: 'rule first'): Findings {
  const findings: Findings = new Map();
  for (const [, first = '', second = ''] of output.matchAll(pattern)) {
    if (order === 'rule first') add(findings, second, first);
    else add(findings, first, second);
  }
  return findings;
}

function add(findings: Findings, file: string, rule: string): void {
  findings.set(file, (findings.get(file) ?? new Set()).add(rule));
}

function expectationsOf(tree: string): Findings {
  const directory = join(import.meta.dirname, 'gates', tree);
  const findings: Findings = new Map();
  for (const file of globSync('**/*.{ts,tsx}', { cwd: directory })) {
    const rules = /^\/\/ expect: (.+)\n/.exec(readFileSync(join(directory, file), 'utf8'))?.[1];
    for (const rule of rules?.split(' ') ?? []) add(findings, file, rule);
  }
  return findings;
}

function expectedRules(tree: string): Set<string> {
  return new Set([...expectationsOf(tree).values()].flatMap((rules) => [...rules]));
}

function expectReported(tree: string, findings: Findings): void {
  const plain = (map: Findings) =>
    Object.fromEntries([...map].sort().map(([file, rules]) => [file, [...rules].sort()]));
  expect(plain(findings)).toEqual(plain(expectationsOf(tree)));
}

/** Every rule that biome.json switches on by name, whatever its group. */
function configuredLintRules(): Set<string> {
  type Rules = Record<string, Record<string, unknown> | boolean>;
  type Config = { linter: { rules: Rules }; overrides: { linter: { rules: Rules } }[] };
  const config = JSON.parse(read('biome.json')) as Config;
  const names = new Set<string>();
  for (const { linter } of [config, ...config.overrides]) {
    for (const group of Object.values(linter.rules).filter((value) => typeof value === 'object')) {
      for (const [name, level] of Object.entries(group)) if (level !== 'off') names.add(name);
    }
  }
  return names;
}
