// The page about the HTTP API names every route of the contract.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from './harness.ts'

const PAGE = new URL('../../../docs/http-api.md', import.meta.url)
/** What the page calls the beginnings of paths. */
const SHORT = [
  ['/projects/:project/flags/:flag/environments/:environment', 'C'],
  ['/projects/:project/environments/:environment', 'E'],
  ['/projects/:project/flags/:flag', 'F'],
  ['/projects/:project', 'P'],
] as const

function shortened(path: string): string {
  const plain = path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')
  for (const [long, short] of SHORT) if (plain.startsWith(long)) return short + plain.slice(long.length)
  return plain
}

describe('docs/http-api.md', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp('embedded')
  })
  afterAll(() => app?.close())

  it('names every route below /api/v1 with its method', async () => {
    const { paths } = (await (await app.request('/openapi.json')).json()) as { paths: Record<string, object> }
    const page = await readFile(PAGE, 'utf8')
    const named = new Set([...page.matchAll(/`([A-Z]+ [^`?]+)[^`]*`/g)].map(([, route]) => route))
    const routes = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/v1'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${shortened(path)}`))
    expect(routes.length).toBeGreaterThan(80)
    expect(routes.filter((route) => !named.has(route))).toEqual([])
  })
})
