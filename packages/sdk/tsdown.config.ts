import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/browser/index.ts',
    'src/edge/index.ts',
    'src/openfeature/server.ts',
    'src/openfeature/web.ts',
    'src/opentelemetry/index.ts',
    'src/testing/index.ts',
    'src/msw/index.ts',
    'src/middleware/hono.ts',
    'src/middleware/node.ts',
  ],
  format: 'esm',
  // Neutral, so that nothing of one runtime slips into the core; `node:` is met only behind `diskPath`.
  platform: 'neutral',
  deps: { neverBundle: [/^node:/] },
  fixedExtension: true,
  target: 'es2022',
  // Types are made file by file, because the evaluation is bundled from its own package: exports need explicit types.
  dts: { oxc: true },
  clean: true,
})
