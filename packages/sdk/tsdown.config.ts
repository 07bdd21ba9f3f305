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
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  clean: false,
}

export default defineConfig([
  {
    ...common,
    entry: [
      'src/index.ts',
      'src/openfeature/server.ts',
      'src/opentelemetry/index.ts',
      'src/testing/index.ts',
      'src/msw/index.ts',
      'src/middleware/hono.ts',
      'src/middleware/node.ts',
    ],
    // What hashes and what parses streams come along: loading a package takes longer than all of its code. Nothing else
    // does: a dependency that slips in stops the build.
    deps: { neverBundle: [/^node:/], onlyBundle: ['eventsource-parser', 'murmurhash'] },
    // One file for all code that these share; types go their own way. Cut finer, an application would load nine files, at
    // a millisecond each.
    outputOptions: { codeSplitting: { groups: [{ name: 'core', test: /(?<!\.d)\.[cm]?[jt]s$/, minShareCount: 2 }] } },
    clean: true,
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
