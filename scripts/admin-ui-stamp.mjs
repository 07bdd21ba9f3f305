// Says whether the built admin UI is older than its sources, so that a second `npm start` does not build again.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['packages/admin-ui', 'packages/evaluation/src']
const SKIP = new Set(['node_modules', 'dist'])

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (SKIP.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else yield path
  }
}

/** Returns null when the build is current, else `{done}` to call after a good build. */
export function needsBuild(root) {
  const stamp = join(root, 'packages/admin-ui/dist/.stamp')
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')))
  for (const source of SOURCES)
    for (const file of files(join(root, source))) hash.update(file).update(readFileSync(file))
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return null
  return { done: () => writeFileSync(stamp, wanted) }
}
