import { defineConfig, type UserConfig } from 'tsdown'
import { CONDITIONS, minifyEdge } from './edge-build.ts'

const common: UserConfig = {
  format: 'esm',
  // Neutral, so that nothing of one runtime slips into the core; `node:` is met only behind `diskPath`.
  platform: 'neutral',
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
  fixedExtension: true,
  target: 'es2022',
  // Types are made file by file, because the evaluation is bundled from its own package: exports need explicit types.
  dts: { oxc: true },
  // Comments and blanks go: reading the code is a quarter of the time to the first answer. Names stay, for stack traces.
  minify: { compress: true, mangle: { toplevel: false, keepNames: true }, codegen: { removeWhitespace: true } },
  clean: false,
}

/** What runs beside or inside of the application's own code, and asks a client that `index` made. */
const AROUND = [
  'src/openfeature/server.ts',
  'src/opentelemetry/index.ts',
  'src/testing/index.ts',
  'src/msw/index.ts',
  'src/middleware/hono.ts',
  'src/middleware/node.ts',
]

/** Nothing else comes along: a dependency that slips in stops the build. */
const deps: UserConfig['deps'] = { neverBundle: [/^node:/], onlyBundle: ['eventsource-parser', 'murmurhash'] }

export default defineConfig([
  // Types alone, of both that follow: what they share must be one type.
  { ...common, entry: ['src/index.ts', ...AROUND], deps, dts: { oxc: true, emitDtsOnly: true }, clean: true },
  {
    // One file, with what hashes and what parses streams inside: loading another takes a millisecond.
    ...common,
    entry: ['src/index.ts'],
    deps,
    dts: false,
  },
  {
    ...common,
    entry: AROUND,
    deps,
    dts: false,
    plugins: [
      {
        name: 'one-client',
        // A copy of its own would open connections of its own.
        resolveId: (id) => (id === '../index.ts' ? { id: '../index.mjs', external: true } : null),
      },
    ],
  },
  {
    // For pages. They share nothing with the above that would have to be the same object.
    ...common,
    entry: ['src/browser/index.ts', 'src/openfeature/web.ts'],
    deps: { onlyBundle: [] },
  },
  {
    // In one piece of its own, and in the fewest bytes: whoever counts them reads no stack traces of it.
    ...common,
    entry: { 'edge/index': 'src/edge/index.ts' },
    deps: { onlyBundle: [] },
    inputOptions: { resolve: { mainFields: ['module', 'main'], conditionNames: [...CONDITIONS, 'import', 'default'] } },
    minify: false,
    plugins: [
      {
        name: 'minify-edge',
        renderChunk: (code, { fileName }) => (fileName.endsWith('.d.mts') ? null : minifyEdge(code)),
      },
    ],
  },
])
