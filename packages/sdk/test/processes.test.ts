// Threads, forks and frozen processes, as real ones: what each counts is its own, and nobody loses it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { EPOCH, flagOf, patchOf, snapshotText } from './fake-service.ts'

interface Counted {
  instance: string
  seq: number
  exposures: { count: number }[]
}

const streams = new Map<ServerResponse, string>()
const counted: Counted[] = []
let opened = 0

const service = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const instance = String(request.headers['rampart-instance'])
  if (request.url === '/sdk/v1/snapshot') {
    response.end(snapshotText({ epoch: EPOCH, revision: 1, flags: [flagOf('a')] }))
  } else if (request.url === '/sdk/v1/stream') {
    opened += 1
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write(`event: current\ndata: {"epoch":"${EPOCH}","revision":1}\n\n`)
    streams.set(response, instance)
    response.once('close', () => streams.delete(response))
  } else if (request.url === '/sdk/v1/telemetry') {
    const batch = JSON.parse(body) as Counted
    counted.push(batch)
    response.end(JSON.stringify({ acknowledged: batch.seq, duplicate: false, ignored: 0 }))
  } else {
    response.writeHead(202).end()
  }
})
const beats = setInterval(() => {
  for (const stream of streams.keys()) stream.write(': hb\n\n')
}, 100)

beforeAll(() => new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve)))
beforeEach(() => {
  counted.length = 0
  opened = 0
})
afterAll(() => {
  clearInterval(beats)
  service.closeAllConnections()
  service.close()
})

function start(role: string) {
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  return fork(new URL('processes-child.ts', import.meta.url), {
    env: { ...process.env, CHILD: JSON.stringify({ url, role }) },
  })
}

/** Exposures by instance. */
function sums(): number[] {
  const byInstance = new Map<string, number>()
  for (const { instance, exposures } of counted) {
    const sum = exposures.reduce((total, { count }) => total + count, 0)
    byInstance.set(instance, (byInstance.get(instance) ?? 0) + sum)
  }
  return [...byInstance.values()].sort((a, b) => a - b)
}

test('each worker thread has a client and counts of its own', async () => {
  const [code] = await once(start('with-workers'), 'exit')
  expect(code).toBe(0)
  expect(sums()).toEqual([1, 2, 3])
})

test('a forked process makes its own client, and its parent goes on', async () => {
  const [code] = await once(start('with-fork'), 'exit')
  expect(code).toBe(0)
  expect(sums()).toEqual([2, 4])
})

test('a process that was frozen follows again when it thaws, with its counts', async () => {
  const child = start('alone')
  await once(child, 'message')
  await expect.poll(() => streams.size).toBe(1)
  child.kill('SIGSTOP')
  // What happens to sockets of a machine that was put away: the other side has given up on them.
  for (const stream of streams.keys()) stream.destroy()
  await expect.poll(() => streams.size).toBe(0)
  child.kill('SIGCONT')
  await expect.poll(() => opened, { timeout: 15_000 }).toBe(2)
  const told = once(child, 'message')
  const patch = patchOf(1, 2, [flagOf('a', { revision: 2, on: false })])
  for (const stream of streams.keys()) {
    stream.write(`event: patch\nid: ${EPOCH}.2\ndata: ${JSON.stringify(patch)}\n\n`)
  }
  expect((await told)[0]).toBe(false)
  child.kill('SIGTERM')
  expect((await once(child, 'exit'))[0]).toBe(0)
  expect(sums()).toEqual([6])
})
