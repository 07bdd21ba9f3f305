// The command line as people run it: a process of its own, against a service that is one, in an empty folder.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { type ServerProcess, startProcess } from '../../server/test/server-process.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
export const TOKEN = 'token-of-the-command-line-tests'

export interface Run {
  code: number
  stdout: string
  stderr: string
}

export interface Workplace {
  /** Address of the service. */
  url(): string
  /** The folder in which commands run. */
  folder(): string
  /** Text of a file in the folder. */
  read(file: string): Promise<string>
  /** Runs `rampart ...` with access to the service by its environment; `env` replaces parts of that. */
  rampart(args: string[], env?: Record<string, string>): Promise<Run>
  /** Calls the API of project `default`. @throws Error when the service refuses */
  api(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<unknown>
}

/** A service and a folder for the tests of one file. */
export function useWorkplace(): Workplace {
  let service: ServerProcess
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'rampart-cli-'))
    service = await startProcess({ RAMPART_DATA_DIR: join(root, 'data'), RAMPART_ADMIN_TOKEN: TOKEN })
  })
  afterAll(async () => {
    await service?.stop('SIGTERM')
    await rm(root, { recursive: true, force: true })
  })

  return {
    url: () => service.url,
    folder: () => root,
    read: (file) => readFile(join(root, file), 'utf8'),
    rampart: (args, env = {}) => runCommand(root, args, { RAMPART_URL: service.url, RAMPART_TOKEN: TOKEN, ...env }),
    async api(method, path, json, headers) {
      const response = await fetch(`${service.url}/api/v1/projects/default${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return text === '' ? undefined : JSON.parse(text)
    },
  }
}

/** Runs the command line in a folder, with this environment and no other. */
export function runCommand(cwd: string, args: string[], env: Record<string, string>): Promise<Run> {
  const { PATH = '' } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd, env: { PATH, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
