// Every route of the contract, called by everybody. A route that is new is walked without being named here; a
// permission that is new must be placed in `MAY`, and a route that asks for no credential must be listed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERMISSIONS, type Permission } from '../src/access/permissions.ts'
import { ROLES, type Role } from '../src/access/roles.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../src/access/secrets.ts'
import { apiTokens, auditHeads, environments, projects } from '../src/db/schema/index.ts'
import { createTestApp, type TestApp } from './harness.ts'

interface Operation {
  security?: unknown[]
  'x-permission'?: Permission
}

interface Route {
  method: string
  path: string
  operation: Operation
}

/** Whoever has it at all, or only outside of production when the production right is missing. */
type Reach = 'no' | 'yes' | 'with production'

/** Who may do what, written down once more, apart from the code that decides it. */
const all = { viewer: 'yes', operator: 'yes', editor: 'yes', admin: 'yes' } as const
const editors = { viewer: 'no', operator: 'no', editor: 'yes', admin: 'yes' } as const
const editorsInProduction = { ...editors, editor: 'with production', admin: 'with production' } as const
const admins = { viewer: 'no', operator: 'no', editor: 'no', admin: 'yes' } as const
const adminsInProduction = { ...admins, admin: 'with production' } as const
const stopping = { viewer: 'no', operator: 'yes', editor: 'with production', admin: 'with production' } as const

const MAY: Record<Permission, Record<Role, Reach>> = {
  'account:read': all,
  'account:write': all,
  'projects:read': all,
  'projects:write': adminsInProduction,
  'settings:write': adminsInProduction,
  'flags:read': all,
  'flags:create': editors,
  'flags:write': editorsInProduction,
  'flags:kill': stopping,
  'ramps:write': editorsInProduction,
  'ramps:stop': stopping,
  'approvals:write': editorsInProduction,
  'audit:read': all,
  'exposures:read': all,
  'markers:write': editors,
  'sdk-keys:read': all,
  'sdk-keys:write': editorsInProduction,
  'triggers:write': editorsInProduction,
  'tokens:read': admins,
  'tokens:write': admins,
  'members:read': admins,
  'members:write': admins,
}

/** Everybody's own: no role and no project is asked for. */
const OWN = new Set<Permission>(['account:read', 'account:write'])
/** Permissions to read, which a method that writes must not hide behind. */
const READING = new Set(PERMISSIONS.filter((word) => word.endsWith(':read')))
/** Methods other than GET that only read: what they answer is too long for a path. */
const READING_POSTS = new Set<string>([])
/** Streams are written to the raw socket, which `app.request` lacks: they fail after the check, and that is enough. */
const NEEDS_SOCKET = new Set(['/api/v1/projects/{project}/events'])
/** Routes for programs and browsers that have no credential yet. */
const OPEN = new Set([
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'POST /api/v1/session',
  'POST /triggers/v1/{secret}',
  'GET /api/v1/session/ways',
  'POST /api/v1/session/password',
  'POST /api/v1/session/second-factor',
  'POST /api/v1/session/oidc',
  'GET /api/v1/session/oidc/callback',
  'POST /api/v1/set-up',
  'POST /api/v1/invitations/look',
  'POST /api/v1/invitations/accept',
])

interface TokenScope {
  role: Role
  production?: boolean
  kill?: boolean
  projectId?: string | null
  environmentIds?: string[] | null
}

describe('the route walk', () => {
  let app: TestApp
  let routes: Route[]
  let admin: Route[]
  let home: string
  let other: string
  let staging: string
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    app = await createTestApp('postgres')
    const { paths } = (await (await app.request('/openapi.json')).json()) as {
      paths: Record<string, Record<string, Operation>>
    }
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    )
    admin = routes.filter(({ method, path }) => path.startsWith('/api/') && !OPEN.has(`${method} ${path}`))
    home = (await app.store.db.query.projects.findFirst())?.id ?? ''
    const [made] = await app.store.db.insert(projects).values({ key: 'other', name: 'Other' }).returning()
    other = made?.id ?? ''
    await app.store.db.insert(auditHeads).values({ projectId: other })
    const found = await app.store.db.query.environments.findMany()
    staging = found.find(({ key }) => key === 'staging')?.id ?? ''
    await app.store.db.insert(environments).values({ projectId: other, key: 'staging', name: 'S', epoch: '01' })
  })
  afterAll(() => app?.close())

  /** A token of this scope, made once. */
  async function tokenOf(scope: TokenScope): Promise<string> {
    const name = JSON.stringify(scope)
    const known = tokens.get(name)
    if (known) return known
    const token = createSecret(SECRET_PREFIX.apiToken)
    await app.store.db.insert(apiTokens).values({
      name,
      prefix: visiblePrefix(token),
      hash: hashSecret(token),
      production: false,
      kill: false,
      projectId: home,
      ...scope,
    })
    tokens.set(name, token)
    return token
  }

  function concrete(path: string, environment: string): string {
    return path
      .replace('{project}', 'default')
      .replace('{environment}', environment)
      .replace('{id}', '00000000-0000-4000-8000-000000000000')
      .replace(/\{\w+\}/g, 'nothing')
  }

  async function call({ method, path }: Route, headers: Record<string, string>, environment = 'production') {
    const hasBody = method !== 'GET'
    const response = await app.request(concrete(path, environment), {
      method,
      headers: { ...headers, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
      ...(hasBody ? { body: '{}' } : {}),
    })
    await response.body?.cancel()
    return response.status
  }

  /** Calls it with a token of this scope; tells what went otherwise. In means anything but 401, 403 and a failure. */
  async function surprise(route: Route, scope: TokenScope, environment: string, isLetIn: boolean): Promise<string[]> {
    const status = await call(route, { authorization: `Bearer ${await tokenOf(scope)}` }, environment)
    const isFailure = status >= 500 && !NEEDS_SOCKET.has(route.path)
    const met = status === 401 || status === 403 || isFailure ? String(status) : 'in'
    const expected = isLetIn ? 'in' : '403'
    if (met === expected) return []
    return [`${route.method} ${route.path} in ${environment} as ${JSON.stringify(scope)}: ${met}, not ${expected}`]
  }

  /** Without an environment in its path a route is about all of them, production included. */
  const isAboutOne = ({ path }: Route) => path.includes('{environment}')
  const isAboutProject = ({ path }: Route) => path.includes('{project}')
  const permissionOf = ({ operation }: Route): Permission => operation['x-permission'] as Permission
  /** A list over all projects shows each caller what is theirs. */
  const isOwnList = (route: Route) =>
    !isAboutProject(route) && READING.has(permissionOf(route)) && MAY[permissionOf(route)].viewer === 'yes'

  it('finds routes, each with a permission that is known', () => {
    expect(admin.length).toBeGreaterThan(20)
    for (const { method, path, operation } of admin) {
      expect({ method, path, permission: operation['x-permission'] }).toEqual({
        method,
        path,
        permission: expect.toSatisfy((word: Permission) => PERMISSIONS.includes(word)),
      })
      expect(operation.security).toHaveLength(2)
    }
  })

  it('finds no route without credentials that is not listed, and no listed one that is gone', () => {
    const open = routes.filter(({ operation }) => operation.security?.length === 0)
    const named = open.map(({ method, path }) => `${method} ${path}`)
    expect(named.filter((name) => name.includes('/api/')).sort()).toEqual(
      [...OPEN].filter((name) => name.includes('/api/')).sort(),
    )
  })

  it('finds no writing method behind a permission to read', () => {
    const hidden = admin.filter(
      (route) =>
        route.method !== 'GET' &&
        READING.has(permissionOf(route)) &&
        !READING_POSTS.has(`${route.method} ${route.path}`),
    )
    expect(hidden.map(({ method, path }) => `${method} ${path}`)).toEqual([])
  })

  it('lets nobody in without a credential, or with a wrong one', async () => {
    for (const route of routes) {
      if (OPEN.has(`${route.method} ${route.path}`)) continue
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { authorization: `Bearer ${createSecret(SECRET_PREFIX.apiToken)}` },
        { cookie: 'rampart_session=wrong', 'sec-fetch-site': 'same-origin' },
      ]) {
        const status = await call(route, headers as Record<string, string>)
        expect({ method: route.method, path: route.path, status }).toMatchObject({ status: 401 })
      }
    }
  })

  it.each(ROLES.flatMap((role) => [false, true].map((production) => ({ role, production }))))(
    'lets the $role (production $production) do what the table says and nothing else',
    async ({ role, production }) => {
      const surprises: string[] = []
      for (const route of admin) {
        const reach = MAY[permissionOf(route)][role]
        const isOutside = !isAboutProject(route) && !isOwnList(route) && !OWN.has(permissionOf(route))
        const inProduction = !isOutside && (reach === 'yes' || (reach === 'with production' && production))
        surprises.push(...(await surprise(route, { role, production }, 'production', inProduction)))
        if (!isAboutOne(route)) continue
        surprises.push(...(await surprise(route, { role, production }, 'staging', reach !== 'no')))
      }
      expect(surprises).toEqual([])
    },
  )

  it('lets an admin of everything do everything', async () => {
    const surprises: string[] = []
    for (const route of admin) {
      surprises.push(
        ...(await surprise(route, { role: 'admin', production: true, projectId: null }, 'production', true)),
      )
    }
    expect(surprises).toEqual([])
  })

  it('lets holders of the kill right stop things in production, and nothing more', async () => {
    const surprises: string[] = []
    for (const route of admin) {
      const permission = permissionOf(route)
      const reach = MAY[permission].viewer
      const isStop = MAY[permission].operator === 'yes' && reach === 'no'
      surprises.push(
        ...(await surprise(
          route,
          { role: 'viewer', kill: true },
          'production',
          (isAboutProject(route) && (isStop || reach === 'yes')) || isOwnList(route) || OWN.has(permission),
        )),
      )
    }
    expect(surprises).toEqual([])
  })

  it('lets nobody from another project in', async () => {
    const surprises: string[] = []
    for (const route of admin) {
      const isTheirs = isOwnList(route) || OWN.has(permissionOf(route))
      surprises.push(
        ...(await surprise(
          route,
          { role: 'admin', production: true, kill: true, projectId: other },
          'staging',
          isTheirs,
        )),
      )
    }
    expect(surprises).toEqual([])
  })

  it('keeps a token of one environment out of the others and away from the project', async () => {
    const surprises: string[] = []
    const scope: TokenScope = { role: 'editor', production: true, kill: true, environmentIds: [staging] }
    for (const route of admin.filter(isAboutProject)) {
      const permission = permissionOf(route)
      const reach = MAY[permission].editor
      if (isAboutOne(route)) {
        surprises.push(...(await surprise(route, scope, 'production', OWN.has(permission))))
        surprises.push(...(await surprise(route, scope, 'staging', reach !== 'no')))
      } else if (reach === 'with production') surprises.push(...(await surprise(route, scope, 'staging', false)))
    }
    expect(surprises).toEqual([])
  })

  it('shows each caller their own projects alone', async () => {
    const token = await tokenOf({ role: 'viewer', projectId: other })
    const response = await app.request('/api/v1/projects', { headers: { authorization: `Bearer ${token}` } })
    const { projects: shown } = (await response.json()) as { projects: { key: string }[] }
    expect(shown.map(({ key }) => key)).toEqual(['other'])
  })

  it('tells nobody whether a project exists that is not theirs', async () => {
    const token = await tokenOf({ role: 'viewer', projectId: other })
    const answers = await Promise.all(
      ['default', 'never-was'].map(async (key) => {
        const response = await app.request(`/api/v1/projects/${key}/flags`, {
          headers: { authorization: `Bearer ${token}` },
        })
        const { error } = (await response.json()) as { error: { code: string; message: string } }
        return { status: response.status, code: error.code, message: error.message }
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.status).toBe(403)
  })
})
