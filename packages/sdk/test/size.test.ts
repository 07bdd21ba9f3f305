import { createContext, runInContext } from 'node:vm'
import { expect, test } from 'vitest'
import { bundle, SIZE_LIMITS } from './bundle.ts'

test.each(['browser', 'edge', 'server'] as const)('%s: an application ships no more than its limit', async (entry) => {
  expect((await bundle(entry)).brotli).toBeLessThanOrEqual(SIZE_LIMITS[entry])
})

/** A world with the web's interfaces and none of Node's. */
const webGlobals = {
  AbortController,
  AbortSignal,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextDecoderStream,
  TextEncoder,
  URL,
  clearInterval,
  clearTimeout,
  console,
  crypto,
  performance,
  setInterval,
  setTimeout,
}

test.each(['browser', 'edge'] as const)('%s: runs where there are web interfaces only', async (entry) => {
  const { code } = await bundle(entry)
  const exported = /export\{(\w+) as (\w+)\};?\s*$/.exec(code)
  const script = code.replace(exported?.[0] ?? '', `;globalThis.create = ${exported?.[1]}`)
  const world = createContext({
    ...webGlobals,
    fetch: async () => Response.json({ epoch: 'E', revision: 1, flags: {} }),
  })
  runInContext(script, world)
  const run = (program: string) => runInContext(program, world) as unknown
  const create = {
    browser: `create({ url: 'https://flags.test', clientKey: 'rpc_x', storage: null, onWarning() {} })`,
    edge: `create({ snapshot: { epoch: 'E', revision: 1, flags: [], segments: [] } })`,
  }[entry]
  expect(run(`globalThis.client = ${create}; Object.keys(client.allFlags('ann')).length`)).toBe(0)
  await run(`client.close?.()`)
})
