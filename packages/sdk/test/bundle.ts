// What an application that uses one entry point ships: bundled and minified as its own bundler would do it.
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export const ENTRIES = {
  server: { contents: `export { createClient } from './index.ts'`, platform: 'node' },
  browser: { contents: `export { createBrowserClient } from './browser/index.ts'`, platform: 'browser' },
  edge: {
    contents: `export { createEdgeClient } from './edge/index.ts'`,
    platform: 'browser',
    // As in tsdown.config.ts.
    alias: { murmurhash: fileURLToPath(new URL('../src/edge/murmurhash.ts', import.meta.url)) },
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
    minify: true,
    write: false,
    format: 'esm',
    platform,
    target: 'es2022',
    metafile: true,
  })
  const code = result.outputFiles[0]?.contents ?? new Uint8Array()
  const inputs = Object.values(result.metafile.outputs)[0]?.inputs ?? {}
  return {
    code: Buffer.from(code).toString(),
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
    largest: Object.entries(inputs)
      .map(([file, { bytesInOutput }]) => ({ file: file.replace(/^.*node_modules\//, ''), bytes: bytesInOutput }))
      .sort((a, b) => b.bytes - a.bytes),
  }
}

/** What an application ships at most, in bytes. Limits, not wishes: docs/benchmarks.md says where they stand against the budgets. */
export const SIZE_LIMITS = { browser: 3_072, edge: 7_750, server: 27_500 } as const
