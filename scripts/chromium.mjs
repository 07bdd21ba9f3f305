// Finds a Chromium for the browser tests, or brings one: CHROMIUM_PATH, the system's own, apt (as root), or the
// one packed in @sparticuz/chromium. Never Playwright's download: it needs a host that many networks refuse.
import { spawnSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync, mkdirSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Resolves with `{path, libraryPath?}`; throws with advice when none can be had. */
export async function findChromium(root) {
  if (process.env.CHROMIUM_PATH) return { path: process.env.CHROMIUM_PATH }
  const system = SYSTEM.find((path) => existsSync(path))
  if (system) return { path: system }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium with apt-get (once) ...')
    spawnSync(
      'sh',
      [
        '-c',
        'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null',
      ],
      { stdio: 'inherit' },
    )
    if (existsSync('/usr/bin/chromium')) return { path: '/usr/bin/chromium' }
  }
  return unpackChromium(root)
}

async function unpackChromium(root) {
  const packed = join(root, 'node_modules/@sparticuz/chromium/bin')
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(packed)) {
    throw new Error('No Chromium found. Install one, or set CHROMIUM_PATH to its executable, and run the tests again.')
  }
  const target = join(root, '.tools/chromium')
  const path = join(target, 'chromium')
  if (!existsSync(join(target, 'lib'))) {
    console.log('Unpacking Chromium into .tools (once) ...')
    mkdirSync(target, { recursive: true })
    await pipeline(createReadStream(join(packed, 'chromium.br')), createBrotliDecompress(), createWriteStream(path))
    chmodSync(path, 0o755)
    await pipeline(
      createReadStream(join(packed, 'al2023.tar.br')),
      createBrotliDecompress(),
      createWriteStream(join(target, 'lib.tar')),
    )
    const untar = spawnSync('tar', ['-xf', join(target, 'lib.tar'), '-C', target])
    if (untar.status !== 0)
      throw new Error('Could not unpack the libraries of the packed Chromium: is `tar` installed?')
  }
  return { path, libraryPath: join(target, 'lib') }
}
