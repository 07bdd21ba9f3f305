// A real service for tests that run in Node and in a browser alike: its own process, and a door beside it through which a
// page may administer, which the service itself would never let it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const MAIN = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url))
const TOKEN = 'token-of-the-sdk-tests'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-sdk-'))
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, PORT: '0', RAMPART_RATE_LIMIT: '0', RAMPART_DATA_DIR: folder, RAMPART_ADMIN_TOKEN: TOKEN }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const serviceUrl = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /Rampart is at (http:\S+)/.exec(output)?.[1]
      if (found) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => reject(new Error(`The service ended with code ${code}.\n${output}`)))
  })

  const door = createServer(async (request, response) => {
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' }
    if (request.method === 'OPTIONS')
      return response.writeHead(204, { ...cors, 'Access-Control-Allow-Methods': '*' }).end()
    let body = ''
    for await (const chunk of request) body += chunk
    const { method, path, json, headers } = JSON.parse(body)
    const answer = await fetch(serviceUrl + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    response.writeHead(answer.status, cors).end(await answer.text())
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  project.provide('serviceUrl', serviceUrl)
  project.provide('adminUrl', `http://127.0.0.1:${(door.address() as AddressInfo).port}`)

  return async () => {
    door.closeAllConnections()
    door.close()
    child.removeAllListeners('exit')
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}
