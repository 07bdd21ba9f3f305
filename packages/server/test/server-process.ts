// A real server process, as `npm start` runs it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface ServerProcess {
  child: ChildProcess
  url: string
  /** Everything it printed so far. */
  output(): string
  /** Sends a signal and waits for the end; resolves with the exit code, or null when the signal ended it. */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts the service on a free port and waits for its banner. Rejects with its output when it ends before. */
export async function startProcess(env: Record<string, string>): Promise<ServerProcess> {
  const { PATH = '', HOME = '' } = process.env
  const ownFolder = env['RAMPART_DATA_DIR'] === undefined ? mkdtempSync(join(tmpdir(), 'rampart-process-')) : undefined
  const child = spawn(process.execPath, [main], {
    env: { PATH, HOME, PORT: '0', RAMPART_RATE_LIMIT: '0', RAMPART_DATA_DIR: ownFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = once(child, 'exit')
  if (ownFolder) child.once('exit', () => rmSync(ownFolder, { recursive: true, force: true }))
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /Rampart is at (http:\S+)/.exec(output)?.[1]
      if (found) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code} before it listened.\n${output}`)))
  })
  return {
    child,
    url,
    output: () => output,
    async stop(signal) {
      child.kill(signal)
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}
