// The SDK as it is published, built for one benchmark into a folder of its own: the real one may be rebuilt meanwhile by
// somebody else.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const sdk = join(import.meta.dirname, '../packages/sdk')

/** Returns the file to import. */
export async function buildSdk(folder: string): Promise<string> {
  const outDir = join(folder, 'rampart-sdk')
  const tsdown = join(sdk, 'node_modules/.bin/tsdown')
  await promisify(execFile)(tsdown, ['--out-dir', outDir, '--no-dts', '--logLevel', 'error'], { cwd: sdk })
  return join(outDir, 'index.mjs')
}
