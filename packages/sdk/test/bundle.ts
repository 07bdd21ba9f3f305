// What an application that uses one entry point ships: bundled and minified as its own bundler would do it.
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { CONDITIONS, minifyEdge } from '../edge-build.ts'

export const ENTRIES = {
  server: { contents: `export { createClient } from './index.ts'`, platform: 'node' },
  browser: { contents: `export { createBrowserClient } from './browser/index.ts'`, platform: 'browser' },
  edge: {
    contents: `export { createEdgeClient } from './edge/index.ts'`,
    platform: 'browser',
    // As in tsdown.config.ts.
    conditions: CONDITIONS,
  },
} as const

export interface Bundle {
  code: string
  minified: number
  gzip: number
  brotli: number
  /** Bytes by source file, the largest first. */
  largest: { file: string; bytes: number }[]
}

/** @throws Error when a bundle for browsers needs anything of Node */
export async function bundle(entry: keyof typeof ENTRIES): Promise<Bundle> {
  const { contents, platform, ...more } = ENTRIES[entry]
  const result = await build({
    stdin: { contents, resolveDir: new URL('../src', import.meta.url).pathname, loader: 'ts' },
    ...more,
    bundle: true,
    minify: entry !== 'edge',
    write: false,
    format: 'esm',
    platform,
    target: 'es2022',
    metafile: true,
  })
  const bundled = result.outputFiles[0]?.text ?? ''
  const code = Buffer.from(entry === 'edge' ? await minifyEdge(bundled) : bundled)
  const inputs = Object.values(result.metafile.outputs)[0]?.inputs ?? {}
  return {
    code: code.toString(),
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
    largest: Object.entries(inputs)
      .map(([file, { bytesInOutput }]) => ({ file: file.replace(/^.*node_modules\//, ''), bytes: bytesInOutput }))
      .sort((a, b) => b.bytes - a.bytes),
  }
}

/** What an application ships at most, in bytes. Limits, not wishes: docs/benchmarks.md says where they stand against the budgets. */
export const SIZE_LIMITS = { browser: 3_072, edge: 6_144, edgePackedAgain: 6_600, server: 27_500 } as const
