/**
 * Exits 0 when node_modules holds what package-lock.json asks for, as npm itself recorded it. Plain JavaScript: it may
 * have to run on a Node that knows no TypeScript.
 */
import { readFileSync } from 'node:fs';

const packagesOf = (file) => {
  const { '': _root, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
  return packages;
};

function isCurrent() {
  try {
    const wanted = packagesOf('package-lock.json');
    const installed = packagesOf('node_modules/.package-lock.json');
    return (
      Object.keys(installed).every((path) => path in wanted) &&
      // npm leaves out optional packages made for other platforms.
      Object.entries(wanted).every(([path, { version, optional }]) =>
        path in installed ? installed[path].version === version : optional,
      )
    );
  } catch {
    return false;
  }
}

process.exitCode = isCurrent() ? 0 : 1;
