// What the SDK adds to an application: bundled, minified, compressed.
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What an application imports, each measured alone. */
const USES = {
  server: `export { createClient } from '@rampart/sdk'`,
}

export async function measure(): Promise<object> {
  const sizes = await Promise.all(
    Object.entries(USES).map(async ([use, contents]) => {
      const result = await build({
        stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        platform: 'node',
        target: 'node20',
        metafile: true,
      })
      const code = result.outputFiles[0]?.contents ?? new Uint8Array()
      const inputs = Object.entries(result.metafile.outputs)[0]?.[1].inputs ?? {}
      const largest = Object.entries(inputs)
        .map(([file, { bytesInOutput }]) => ({ file: file.replace(/^.*node_modules\//, ''), bytes: bytesInOutput }))
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, 8)
      const figures = {
        minified: code.length,
        gzip: gzipSync(code, { level: 9 }).length,
        brotli: brotliCompressSync(code).length,
        largest,
      }
      return [use, figures] as const
    }),
  )
  return { unit: 'bytes', ...Object.fromEntries(sizes) }
}
