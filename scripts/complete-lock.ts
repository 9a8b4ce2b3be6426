/**
 * Adds to package-lock.json the optional packages of other platforms that a partial registry mirror did not list when the
 * lock was written. Without an entry `npm ci` refuses the lock everywhere; with one it skips the package, unfetched, on
 * machines that do not match. The versions are the exact ones their parents pin. Run it after `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  version: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const LIBC: Record<string, string> = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Entry> };
const added: Record<string, Entry> = {};

for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (isLocked(parentPath, name)) continue;
    if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) throw new Error(`${name}@${version} is not pinned; add it by hand.`);
    added[`node_modules/${name}`] = { version, ...platformOf(name), ...(parent.dev && { dev: true }), optional: true };
  }
}

const { '': root, ...packages } = { ...lock.packages, ...added };
const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(
  'package-lock.json',
  `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, null, 2)}\n`,
);
console.log(Object.keys(added).length === 0 ? 'The lock is complete.' : `Added ${Object.keys(added).join(', ')}`);

/** Looks where Node would: beside the parent, then one folder up at a time. */
function isLocked(parentPath: string, name: string): boolean {
  for (let path = parentPath; ; path = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')))) {
    if (`${path}${path && '/'}node_modules/${name}` in lock.packages) return true;
    if (path === '') return false;
  }
}

/** The words of a platform package's name say where it runs: `@scope/binding-linux-x64-musl`. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[/-]/);
  const os = words.find((word) => OS.includes(word));
  const cpu = words.find((word) => CPU.includes(word));
  const libc = os === 'linux' ? words.map((word) => LIBC[word]).find((value) => value !== undefined) : undefined;
  if (os === undefined || cpu === undefined) throw new Error(`${name}: no platform in its name; add it by hand.`);
  return { cpu: [cpu], os: [os], ...(libc !== undefined && { libc: [libc] }) };
}
