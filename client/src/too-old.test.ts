/** The page without the application, in browsers that cannot read it. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
const script = read('../public/too-old.js');
const page = read('../index.html');

beforeEach(() => {
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(page)?.[1] ?? '';
  vi.stubGlobal('ResizeObserver', class {});
  vi.stubGlobal('CSS', { supports: () => true });
});
afterEach(() => vi.unstubAllGlobals());

/** Whether the page says that the browser is too old. */
function isTold(): boolean {
  new Function(script)();
  return document.getElementById('too-old')?.hasAttribute('hidden') === false;
}

test('[TV25] a browser that can read the application is told nothing', () => {
  Object.defineProperty(HTMLScriptElement.prototype, 'noModule', { value: false, configurable: true });
  expect(isTold()).toBe(false);
});

test('[TV25] a browser that lacks something is told so in both languages, with its version', () => {
  vi.stubGlobal('ResizeObserver', undefined);
  vi.stubGlobal('navigator', {
    userAgent: 'Mozilla/5.0 (Linux; TV) AppleWebKit/537.36 Chrome/69.0.3497.128 Safari/537.36',
  });
  expect(isTold()).toBe(true);
  const told = document.getElementById('too-old')?.textContent ?? '';
  for (const words of ['浏览器版本过旧', 'too old for Floorcast', 'Chrome/69.0.3497.128'])
    expect(told).toContain(words);
});

test('[TV25] the script that tells it is a file of its own, in the language of browsers of 2009', () => {
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
  const source = ts.createSourceFile('too-old.js', script, ts.ScriptTarget.ES5, true);
  const modern: string[] = [];
  const visit = (node: ts.Node): void => {
    const isModern =
      ts.isArrowFunction(node) ||
      ts.isTemplateLiteral(node) ||
      ts.isOptionalChain(node) ||
      (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) !== 0);
    if (isModern) modern.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  expect(modern).toEqual([]);
});
