// What goes wrong, told so that a stranger knows what to do.
import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { useWorkplace } from './harness.ts'

const { rampart, url } = useWorkplace()
const out = ['codegen', '--out', 'unwritten.ts']

describe('refusals', () => {
  it.each([
    ['no address', { RAMPART_URL: '' }, 2, /^Where is the service\? Set RAMPART_URL or --url/],
    ['no address but words', { RAMPART_URL: 'flags.example.com' }, 2, /^"flags.example.com" is not an address/],
    ['no token', { RAMPART_TOKEN: '' }, 2, /^Who asks\? Set RAMPART_TOKEN to an API token/],
    ['an SDK key', { RAMPART_TOKEN: 'rps_1234' }, 2, /^This is an SDK key/],
    ['half a token', { RAMPART_TOKEN: 'rpt_…' }, 2, /copied whole\?/],
    ['a wrong token', { RAMPART_TOKEN: 'rpt_wrong' }, 3, /wrong or revoked. Check RAMPART_TOKEN or --token/],
    ['an unknown project', { RAMPART_PROJECT: 'shop' }, 2, /^There is no project "shop". Projects here: default.$/],
    ['nobody there', { RAMPART_URL: 'http://127.0.0.1:9' }, 3, /cannot be reached \((ECONNREFUSED|bad port)\)/],
  ])('%s', async (_name, env, code, message) => {
    const run = await rampart(out, env)
    expect(run).toMatchObject({ code, stdout: '' })
    expect(run.stderr.trim()).toMatch(message)
    expect(run.stderr.trim()).not.toContain('\n')
  })

  it('a service that is something else, or somewhere else', async () => {
    const page = await answering((_request, response) => response.end('<html>'))
    expect(await rampart(out, { RAMPART_URL: page })).toMatchObject({
      code: 3,
      stderr: `${page} answered with status 200, and not as Rampart does. Is it the address of the service?\n`,
    })
    let asked = 0
    const moved = await answering((request, response) => {
      if (request.url === '/elsewhere') asked += 1
      response.writeHead(308, { location: '/elsewhere' }).end()
    })
    expect((await rampart(out, { RAMPART_URL: moved })).stderr).toBe(
      `${moved} sends us on to /elsewhere. Give that address, if it is yours.\n`,
    )
    expect(asked).toBe(0)
  })

  it('words and options that it does not know', async () => {
    expect(await rampart(['codgen'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean codegen?'),
    })
    expect(await rampart(['codegen', '--tokn', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean --token?'),
    })
    expect(await rampart(['manifest', '--check'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--out') })
  })
})

describe('help', () => {
  it('tells the verbs, the options of each, and the version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect(await rampart(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    const help = await rampart(['--help'])
    expect(help.code).toBe(0)
    for (const verb of ['kill', 'restore', 'flags', 'codegen', 'manifest']) {
      expect(help.stdout).toContain(verb)
      const own = await rampart([verb, '--help'])
      expect(own).toMatchObject({ code: 0, stdout: expect.stringContaining('--token') })
      // No colours and no other control codes for those who read it through a pipe.
      expect(own.stdout).not.toContain('\u001b')
    }
    expect(await rampart([])).toMatchObject({ code: 2 })
  })

  it('takes options before the environment', async () => {
    const run = await rampart(['manifest', '--url', url()], { RAMPART_URL: 'http://127.0.0.1:9' })
    expect(run).toMatchObject({ code: 0, stderr: '' })
  })
})

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  server.unref()
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
