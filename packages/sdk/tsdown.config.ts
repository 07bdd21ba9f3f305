import { fileURLToPath } from 'node:url'
import { defineConfig, type UserConfig } from 'tsdown'

const common: UserConfig = {
  format: 'esm',
  // Neutral, so that nothing of one runtime slips into the core; `node:` is met only behind `diskPath`.
  platform: 'neutral',
  // The parser of streams comes along, and nothing else that is not ours: a dependency that slips in stops the build.
  deps: { neverBundle: [/^node:/], onlyBundle: ['eventsource-parser'] },
  fixedExtension: true,
  target: 'es2022',
  // Types are made file by file, because the evaluation is bundled from its own package: exports need explicit types.
  dts: { oxc: true },
  clean: ['dist'],
}

export default defineConfig([
  {
    ...common,
    entry: [
      'src/index.ts',
      'src/browser/index.ts',
      'src/openfeature/server.ts',
      'src/openfeature/web.ts',
      'src/opentelemetry/index.ts',
      'src/testing/index.ts',
      'src/msw/index.ts',
      'src/middleware/hono.ts',
      'src/middleware/node.ts',
    ],
  },
  {
    // In one piece of its own, with a smaller hash for text beyond ASCII.
    ...common,
    entry: { 'edge/index': 'src/edge/index.ts' },
    deps: { alwaysBundle: ['murmurhash'], onlyBundle: [] },
    alias: { murmurhash: fileURLToPath(new URL('src/edge/murmurhash.ts', import.meta.url)) },
    clean: false,
  },
])
