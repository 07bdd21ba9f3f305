// A build of the SDK for one benchmark, in a folder of its own: the published one may be rebuilt meanwhile by somebody else.
import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles like the published package, its one dependency included; returns the file to import. */
export async function buildSdk(folder: string): Promise<string> {
  const outfile = join(folder, 'rampart-sdk.mjs')
  const entry = join(import.meta.dirname, '../packages/sdk/src/index.ts')
  // Comments and blanks go, names stay, as in the published build.
  const options = {
    minifyWhitespace: true,
    legalComments: 'none' as const,
    target: 'es2022',
    platform: 'neutral' as const,
  }
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    external: ['node:*'],
    mainFields: ['module', 'main'],
    ...options,
  })
  return outfile
}
