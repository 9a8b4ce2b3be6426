/**
 * Pure code gets time and randomness as arguments. The linter bans whole globals there (biome.json); this gate bans the
 * members that make an otherwise useful global impure. It reads the syntax tree, so comments and strings are free to
 * name them.
 */
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const PURE = ['server/core/**/*.ts', 'server/sources/**/translate*.ts', 'shared/**/*.ts'];

const files = globSync(PURE, { exclude: (name) => name.endsWith('.test.ts') }).sort();
let findings = 0;

for (const file of files) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  visit(source, (node) => {
    const impurity = impurityOf(node);
    if (impurity === undefined) return;
    findings += 1;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    console.error(`${file}:${line + 1} no-impure-call ${impurity}`);
  });
}

console.log(`Checked ${files.length} pure files, ${findings} impure calls.`);
if (files.length === 0) console.error('No pure files found: the gate is looking in the wrong place.');
process.exitCode = findings > 0 || files.length === 0 ? 1 : 0;

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** `Date.UTC` and `Date.parse` depend on their arguments alone and stay allowed. */
function impurityOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    return /^(globalThis\.)?(Math\.random|Date\.now|Temporal\.Now)$/.test(text) ? text : undefined;
  }
  if (ts.isNewExpression(node) && isDate(node.expression)) return 'new Date(';
  if (ts.isCallExpression(node) && isDate(node.expression)) return 'Date(';
  return undefined;
}

function isDate(expression: ts.Expression): boolean {
  return /^(globalThis\.)?Date$/.test(expression.getText());
}
