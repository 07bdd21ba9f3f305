import { createClient } from '@rampart/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useWorkplace } from './harness.ts'

const { rampart, api, url } = useWorkplace()
let client: ReturnType<typeof createClient>

beforeAll(async () => {
  await api('POST', '/flags', { key: 'new-checkout', owner: 'shop' })
  const path = '/flags/new-checkout/environments/production'
  const rollout = { weight: 100_000, split: [{ variant: 'on', weight: 100_000 }] }
  await api('PATCH', path, { on: true, defaultServe: { rollout } }, { 'if-match': '"v1"' })
  const { key } = (await api('POST', '/environments/production/sdk-keys', { kind: 'server', name: 'shop' })) as {
    key: string
  }
  client = createClient({ url: url(), sdkKey: key, name: 'shop-7' })
  await client.ready()
  await until('streaming')
})
afterAll(() => client?.close())

describe('rampart kill and restore', () => {
  it('reach a running process, and tell that they did', async () => {
    expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
    const kill = await rampart(['kill', 'new-checkout', '--reason', 'errors', '--wait', '30'])
    expect(client.isEnabled('new-checkout', 'ann')).toBe(false)
    expect(kill).toMatchObject({ code: 0, stderr: '' })
    expect(kill.stdout.replace(/\d+ ms/, 'N ms')).toBe(
      'new-checkout is killed in production: everybody gets its off variant.\n' +
        'Confirmed by 1 of 1 connected processes, the last after N ms.\n' +
        'Back: rampart restore new-checkout --project default --environment production\n',
    )

    const again = await rampart(['kill', 'new-checkout', '--wait', '0'])
    expect(again.stdout).toMatch(/^new-checkout was killed in production already by .+: errors.\n/)

    const back = await rampart(['restore', 'new-checkout', '--project', 'default', '--environment', 'production'])
    expect(back.stdout).toMatch(/^new-checkout is restored in production: its configuration is served again.\n/)
    expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
    expect((await rampart(['restore', 'new-checkout', '--wait', '0'])).stdout).toMatch(/nothing to take back/)
  })

  it('stand in the history with their reason', async () => {
    await rampart(['kill', 'new-checkout', '--environment', 'staging', '--reason', 'a rehearsal', '--wait', '0'])
    const { entries } = (await api('GET', '/audit?flag=new-checkout&limit=1')) as { entries: object[] }
    expect(entries[0]).toMatchObject({
      reason: 'a rehearsal',
      environment: 'staging',
      action: expect.stringContaining('kill'),
    })
  })

  it('say where nobody is connected that nobody is', async () => {
    const run = await rampart(['kill', 'new-checkout', '--environment', 'development', '--json'])
    expect(JSON.parse(run.stdout)).toMatchObject({ killed: true, changed: true, delivery: { streams: 0 } })
    const again = await rampart(['kill', 'new-checkout', '--environment', 'development'])
    expect(again.stdout).toContain('No process that can confirm is connected')
  })

  it.each([
    [['kill', 'new-chekout'], {}, 3, /has no flag "new-chekout"/],
    [['kill', 'new-checkout', '--environment', 'prod'], {}, 2, /has no environment "prod". There are: .*production/],
    [['kill', 'new-checkout', '--wait', 'long'], {}, 2, /Give seconds/],
    [['kill'], {}, 2, /missing required argument 'flag'/],
    [
      ['kill', 'new-checkout', '--project', 'default', '--environment', 'production'],
      { RAMPART_URL: 'http://127.0.0.1:9' },
      3,
      /^NOT applied: http:\/\/127.0.0.1:9 cannot be reached/,
    ],
  ])('%j is refused', async (args, env, code, message) => {
    const run = await rampart(args, env)
    expect(run).toMatchObject({ code, stdout: '' })
    expect(run.stderr).toMatch(message)
  })
})

describe('rampart flags', () => {
  it('lists what each environment serves', async () => {
    await api('POST', '/flags', { key: 'a-flag-that-nobody-uses' })
    const { stdout } = await rampart(['flags', '--environment', 'production'])
    const lines = stdout.split('\n').map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d .*/, 'TIME').split(/ {2,}/))
    expect(lines).toEqual([
      ['FLAG', 'PRODUCTION', 'OWNER', 'LAST CHANGE (UTC)'],
      ['a-flag-that-nobody-uses', 'off', 'TIME'],
      ['new-checkout', 'on 100 %', 'shop', 'TIME'],
      [''],
    ])
    expect((await rampart(['flags'])).stdout).toMatch(/^FLAG .*PRODUCTION.*STAGING|^FLAG .*STAGING.*PRODUCTION/)
    const { flags } = JSON.parse((await rampart(['flags', '--json'])).stdout)
    expect(flags).toHaveLength(2)
  })
})

async function until(state: string): Promise<void> {
  if (client.status().state === state) return
  await new Promise<void>((resolve) => {
    const stop = client.onStatus((status) => {
      if (status.state !== state) return
      stop()
      resolve()
    })
  })
}
