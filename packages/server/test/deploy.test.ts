// The files with which people run several replicas, read as the tools read them. Nothing here can start a container.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../src/config.ts'

const root = new URL('../../../', import.meta.url)
const read = (name: string) => readFile(new URL(name, root), 'utf8')

interface Service {
  environment: Record<string, unknown>
  volumes: string[]
  read_only?: boolean
  ulimits?: { nofile: number }
  cap_drop?: string[]
}

/** A value as compose passes it on when nobody set a variable but the password. */
function filledIn(value: unknown): string {
  return String(value).replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, _name, kind: string, rest: string) =>
    kind === '-' ? rest : 'secret',
  )
}

it('compose.yaml runs three replicas over one database, each with a copy of its own and nothing it does not need', async () => {
  const { services, volumes } = parse(await read('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>
    volumes: Record<string, unknown>
  }
  const replicas = Object.entries(services).filter(([name]) => name.startsWith('rampart-'))
  expect(replicas).toHaveLength(3)
  for (const [, replica] of replicas) {
    const environment = Object.fromEntries(
      Object.entries(replica.environment).map(([name, value]) => [name, filledIn(value)]),
    )
    expect(readConfig(environment)).toMatchObject({ databaseUrl: expect.stringMatching(/@postgres:5432/), proxies: 1 })
    expect(replica).toMatchObject({ read_only: true, cap_drop: ['ALL'], ulimits: { nofile: 65_536 } })
    expect(replica.volumes).toEqual([expect.stringMatching(/^copy-\d:\/data$/)])
  }
  const named = replicas.flatMap(([, { volumes: mounted }]) => mounted.map((volume) => volume.split(':')[0] ?? ''))
  expect(new Set(named).size).toBe(3)
  for (const name of named) expect(volumes).toHaveProperty(name)
  expect(services['proxy']?.volumes).toContain('./deploy/Caddyfile:/etc/caddy/Caddyfile:ro')
})

it('the proxy knows each replica, asks the right health and holds no event back', async () => {
  const caddyfile = await read('deploy/Caddyfile')
  for (const at of [1, 2, 3]) expect(caddyfile).toContain(`rampart-${at}:4400`)
  expect(caddyfile).toMatch(/^\s*health_uri \/health\/ready$/m)
  expect(caddyfile).toMatch(/^\s*flush_interval -1$/m)
  expect(caddyfile.split('{').length).toBe(caddyfile.split('}').length)
})

it('the Dockerfile copies what is there, brings the pnpm of this repository, and does not run as root', async () => {
  const dockerfile = await read('Dockerfile')
  const { packageManager } = JSON.parse(await read('package.json')) as { packageManager: string }
  for (const [, version] of dockerfile.matchAll(/(pnpm@[\d.]+)/g)) expect(version).toBe(packageManager)
  const sources = dockerfile
    .split('\n')
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(' ').slice(1, -1))
  expect(sources.length).toBeGreaterThan(5)
  for (const source of sources) {
    expect({ source, exists: existsSync(fileURLToPath(new URL(source, root))) }).toEqual({ source, exists: true })
  }
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(last).toMatch(/^\nFROM \S+:nonroot/)
  expect(last).toContain('VOLUME /data')
})
