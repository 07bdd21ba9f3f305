// Runs vitest and then the browser journeys, and closes with one line that adds both up: "N passed, N failed".
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'rampart-report-'))
const filter = process.argv.slice(2)

function runVitest() {
  const file = join(folder, 'vitest.json')
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...filter,
  ]
  const { status } = spawnSync('node', args, { stdio: 'inherit' })
  const report = read(file)
  return {
    passed: report?.numPassedTests ?? 0,
    // A file that cannot even be loaded counts no failed test: it must not look green.
    failed: Math.max(report?.numFailedTests ?? 0, status === 0 ? 0 : 1),
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  }
}

function runPlaywright() {
  const file = join(folder, 'playwright.json')
  const args = [
    'node_modules/@playwright/test/cli.js',
    'test',
    '--config',
    'e2e/playwright.config.ts',
    '--reporter=list,json',
  ]
  const { status } = spawnSync('node', args, {
    stdio: 'inherit',
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  })
  const stats = read(file)?.stats
  return {
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: Math.max(stats?.unexpected ?? 0, status === 0 ? 0 : 1),
    skipped: stats?.skipped ?? 0,
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

const results = [runVitest(), ...(filter.length === 0 ? [runPlaywright()] : [])]
rmSync(folder, { recursive: true, force: true })
const sum = (what) => results.reduce((total, result) => total + result[what], 0)
const skipped = sum('skipped')
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exit(sum('failed') === 0 ? 0 : 1)
