// Small rules of this house that no linter knows. Each says what to do about it.
import { readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'

const complaints = []

const lockfile = readFileSync('pnpm-lock.yaml', 'utf8')
if (/tarball:|https?:\/\//.test(lockfile)) {
  complaints.push(
    'pnpm-lock.yaml holds an address. Integrity hashes are enough: remove the registry setting and run pnpm install again.',
  )
}

const tracked = spawnSync('git', ['ls-files', '*.ts', '*.mjs'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)
for (const file of tracked) {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    continue // deleted in the work tree, not committed yet
  }
  if (
    file.startsWith('packages/evaluation/src/') &&
    !file.endsWith('.test.ts') &&
    /from '(node:|@rampart\/|\.\.\/\.\.)/.test(text)
  ) {
    complaints.push(
      `${file} imports something outside its package. The evaluation is pure law: no I/O, no other package.`,
    )
  }
  if (file.startsWith('packages/sdk/src/') && /from '@rampart\/(server|admin-ui)/.test(text)) {
    complaints.push(`${file} imports the server. The SDK must never know it.`)
  }
  if (file.startsWith('packages/admin-ui/src/components/') && /from '\.\.\/(\.\.\/)?api\//.test(text)) {
    complaints.push(`${file} imports the API. Components get data as properties and answer with events.`)
  }
  if (file.startsWith('packages/cli/src/') && /import (?!type )[^'\n]*'@rampart\/|'@rampart\/server'/.test(text)) {
    complaints.push(`${file} imports code of another package. The command line takes types of the contract alone.`)
  }
  if (
    file.startsWith('packages/admin-ui/src/') &&
    /unsafeHTML|unsafeSVG|unsafeStatic|innerHTML|outerHTML|insertAdjacentHTML/.test(text)
  ) {
    complaints.push(`${file} turns text into markup. Only Lit's own templates may: names of flags come from anybody.`)
  }
  if (file.endsWith('.commands.ts') && /from '.*\.routes\.ts'/.test(text)) {
    complaints.push(`${file} imports routes. A command never knows who calls it.`)
  }
}

for (const complaint of complaints) console.error(complaint)
process.exit(complaints.length === 0 ? 0 : 1)
