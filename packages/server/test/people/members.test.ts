import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditHeads, environments, grants, invitations, people, projects } from '../../src/db/schema/index.ts'
import { offerSetUp } from '../../src/people/set-up.commands.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { type Browser, openBrowser } from './browser.ts'

interface Member {
  id: string
  name: string
  email: string
  everywhere: boolean
  role: string
}
type Rights = { role: string; production: boolean; kill: boolean }

const viewer: Rights = { role: 'viewer', production: false, kill: false }
const admin: Rights = { role: 'admin', production: true, kill: true }
const password = 'a rather long password'
const base = '/api/v1/projects/default'

describeOnBothStores('members', (kind) => {
  let app: TestApp
  let ada: Browser
  beforeAll(async () => {
    app = await createTestApp(kind)
    ada = openBrowser(app)
    const secret = await offerSetUp(app.store.db)
    await ada.send('POST', '/api/v1/set-up', { secret, name: 'Ada', email: 'ada@example.com', password })
    const [project] = await app.store.db.insert(projects).values({ key: 'other', name: 'Other' }).returning()
    const projectId = project?.id ?? ''
    await app.store.db.insert(auditHeads).values({ projectId })
    await app.store.db
      .insert(environments)
      .values({ projectId, key: 'production', name: 'P', epoch: '01', production: true })
  })
  afterAll(() => app?.close())

  async function inviteLink(by: Browser, email: string, rights: Rights, path = `${base}/invitations`): Promise<string> {
    const answer = await by.send('POST', path, { email, ...rights })
    expect(answer.status).toBe(201)
    const { path: link } = (await answer.json()) as { path: string }
    expect(link).toMatch(/^\/invitation#rpi_[\w-]{43}$/)
    return link.split('#')[1] ?? ''
  }
  async function join(by: Browser, name: string, rights: Rights, path?: string): Promise<Browser> {
    const secret = await inviteLink(by, `${name.toLowerCase()}@example.com`, rights, path)
    const browser = openBrowser(app)
    expect((await browser.send('POST', '/api/v1/invitations/accept', { secret, name, password })).status).toBe(201)
    return browser
  }
  async function members(path = `${base}/members`): Promise<Member[]> {
    return ((await (await ada.send('GET', path)).json()) as { members: Member[] }).members
  }
  const idOf = async (name: string) => (await members()).find((member) => member.name === name)?.id ?? ''
  const makeFlag = (browser: Browser, key: string) => browser.send('POST', `${base}/flags`, { key })

  describe('an invitation', () => {
    it('says what it promises, lets one person in once, and is stored as a hash', async () => {
      const secret = await inviteLink(ada, 'Grace@Example.com', { ...viewer, role: 'editor' })
      expect(JSON.stringify(await app.store.db.select().from(invitations))).not.toContain(secret)
      const grace = openBrowser(app)
      const promised = await grace.send('POST', '/api/v1/invitations/look', { secret })
      expect(await promised.json()).toEqual({ email: 'grace@example.com', role: 'editor', invitedBy: 'Ada' })
      const accept = (browser: Browser) =>
        browser.send('POST', '/api/v1/invitations/accept', { secret, name: 'Grace', password })
      const both = await Promise.all([accept(grace), accept(openBrowser(app))])
      expect(both.map(({ status }) => status === 201).sort()).toEqual([false, true])
      const [row] = (await members()).filter(({ email }) => email === 'grace@example.com')
      expect(row).toMatchObject({ name: 'Grace', role: 'editor', everywhere: false })
      expect((await openBrowser(app).send('POST', '/api/v1/invitations/look', { secret })).status).toBe(401)
    })

    it('ends when it is taken back, and by itself', async () => {
      const secret = await inviteLink(ada, 'late@example.com', viewer)
      const open = (await (await ada.send('GET', `${base}/members`)).json()) as {
        invitations: { id: string; email: string }[]
      }
      const id = open.invitations.find(({ email }) => email === 'late@example.com')?.id ?? ''
      expect((await ada.send('DELETE', `${base}/invitations/${id}`)).status).toBe(204)
      expect((await openBrowser(app).send('POST', '/api/v1/invitations/look', { secret })).status).toBe(401)
      const old = await inviteLink(ada, 'old@example.com', viewer)
      await app.store.db
        .update(invitations)
        .set({ expiresAt: new Date() })
        .where(eq(invitations.email, 'old@example.com'))
      expect((await openBrowser(app).send('POST', '/api/v1/invitations/look', { secret: old })).status).toBe(401)
    })

    it('is not for somebody who is in already', async () => {
      const answer = await ada.send('POST', `${base}/invitations`, { email: 'ada@example.com', ...viewer })
      expect(answer.status).toBe(409)
    })
  })

  it('of one project join another when they sign in, with the account they have', async () => {
    const first = await join(ada, 'Rosa', viewer)
    const secret = await inviteLink(ada, 'rosa@example.com', viewer, '/api/v1/projects/other/invitations')
    const again = await first.send('POST', '/api/v1/invitations/accept', { secret, name: 'Rosa', password })
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('Sign in with it')
    expect((await first.send('GET', '/api/v1/projects/other/flags')).status).toBe(403)
    const rosa = openBrowser(app)
    await rosa.send('POST', '/api/v1/session/password', { email: 'rosa@example.com', password })
    for (const project of ['default', 'other']) {
      expect((await rosa.send('GET', `/api/v1/projects/${project}/flags`)).status).toBe(200)
    }
    expect((await openBrowser(app).send('POST', '/api/v1/invitations/look', { secret })).status).toBe(401)
  })

  describe('a role', () => {
    it('is what a person may do, at once when it changes', async () => {
      const vera = await join(ada, 'Vera', viewer)
      expect((await makeFlag(vera, 'by-vera')).status).toBe(403)
      expect((await vera.send('GET', `${base}/flags`)).status).toBe(200)
      const path = `${base}/members/${await idOf('Vera')}`
      expect((await ada.send('PUT', path, { role: 'editor', production: false, kill: false })).status).toBe(204)
      expect((await makeFlag(vera, 'by-vera')).status).toBe(201)
      const at = (environment: string) => `${base}/flags/by-vera/environments/${environment}`
      const edit = (environment: string) => vera.send('PATCH', at(environment), { on: true }, { 'if-match': '"v1"' })
      expect((await edit('staging')).status).toBe(200)
      expect((await edit('production')).status).toBe(403)
      expect((await vera.send('POST', `${at('production')}/kill`)).status).toBe(403)
      expect((await ada.send('PUT', path, { role: 'viewer', production: false, kill: true })).status).toBe(204)
      expect((await vera.send('POST', `${at('production')}/kill`)).status).toBe(200)
      expect((await makeFlag(vera, 'by-vera-2')).status).toBe(403)
    })

    it('of an operator is to stop things, in production too', async () => {
      const oscar = await join(ada, 'Oscar', { role: 'operator', production: false, kill: false })
      await makeFlag(ada, 'to-kill')
      const at = `${base}/flags/to-kill/environments/production`
      expect((await oscar.send('POST', `${at}/kill`, { reason: 'errors' })).status).toBe(200)
      expect((await oscar.send('POST', `${at}/restore`)).status).toBe(200)
      expect((await oscar.send('PATCH', at, { on: true }, { 'if-match': '"v1"' })).status).toBe(403)
      expect((await makeFlag(oscar, 'by-oscar')).status).toBe(403)
    })

    it('in one project opens no other', async () => {
      const petra = await join(ada, 'Petra', admin)
      expect((await petra.send('GET', '/api/v1/projects/other/flags')).status).toBe(403)
      expect((await petra.send('GET', '/api/v1/members')).status).toBe(403)
      const { projects: seen } = (await (await petra.send('GET', '/api/v1/projects')).json()) as {
        projects: { key: string }[]
      }
      expect(seen.map(({ key }) => key)).toEqual(['default'])
    })

    it('is not given by those who have less', async () => {
      const paul = await join(ada, 'Paul', { role: 'admin', production: false, kill: false })
      const vera = await idOf('Vera')
      await ada.send('PUT', `${base}/members/${vera}`, viewer)
      const give = (rights: Rights, path = `${base}/members/${vera}`) => paul.send('PUT', path, rights)
      expect((await give(viewer)).status).toBe(204)
      expect((await give({ ...viewer, production: true })).status).toBe(403)
      expect((await give({ ...viewer, role: 'operator' })).status).toBe(403)
      expect((await give(viewer, `/api/v1/members/${vera}`)).status).toBe(403)
      // Nor taken from those who have more.
      expect((await paul.send('DELETE', `${base}/members/${await idOf('Petra')}`)).status).toBe(403)
      const token = await paul.send('POST', `${base}/tokens`, { name: 'more', ...admin })
      expect(token.status).toBe(403)
    })
  })

  describe('the last admin of everything', () => {
    it('cannot be removed or made less', async () => {
      const id = await idOf('Ada')
      for (const answer of [
        await ada.send('DELETE', `/api/v1/members/${id}`),
        await ada.send('PUT', `/api/v1/members/${id}`, { ...admin, role: 'editor' }),
      ]) {
        expect(answer.status).toBe(409)
        expect(await answer.json()).toMatchObject({ error: { code: 'LAST_ADMIN' } })
      }
    })

    it('stays, also when two remove each other at once', async () => {
      const beate = await join(ada, 'Beate', admin, '/api/v1/invitations')
      const [a, b] = [await idOf('Ada'), await idOf('Beate')]
      const answers = await Promise.all([
        ada.send('DELETE', `/api/v1/members/${b}`),
        beate.send('DELETE', `/api/v1/members/${a}`),
      ])
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
      const left = await app.store.db.select().from(grants).where(eq(grants.role, 'admin'))
      expect(left.filter(({ projectId }) => projectId === null)).toHaveLength(1)
      if (answers[1]?.status === 204) ada = beate
    })
  })

  describe('somebody who is removed', () => {
    it('is out at once, cannot sign in, keeps the name in the history and can come back', async () => {
      const nina = await join(ada, 'Nina', { ...viewer, role: 'editor' })
      await makeFlag(nina, 'by-nina')
      const id = await idOf('Nina')
      expect((await ada.send('DELETE', `${base}/members/${id}`)).status).toBe(204)
      expect((await nina.send('GET', '/api/v1/session')).status).toBe(401)
      const signIn = () =>
        openBrowser(app).send('POST', '/api/v1/session/password', { email: 'nina@example.com', password })
      expect((await signIn()).status).toBe(401)
      const history = await (await ada.send('GET', `${base}/audit?flag=by-nina`)).text()
      expect(history).toContain('Nina')
      const again = await join(ada, 'Nina', viewer)
      expect((await again.send('GET', '/api/v1/session')).status).toBe(200)
      const rows = await app.store.db.select().from(people).where(eq(people.email, 'nina@example.com'))
      expect(rows.map((row) => row.id)).toEqual([id])
    })
  })

  it('are written into the history of their project, which stays whole', async () => {
    const text = await (await ada.send('GET', `${base}/audit?limit=200`)).text()
    for (const action of ['member.invite', 'member.join', 'member.grant', 'member.remove', 'member.uninvite']) {
      expect(text).toContain(action)
    }
    for (const project of ['default', 'other']) {
      const check = await app.api('GET', `/api/v1/projects/${project}/audit/check`)
      expect(await check.json()).toMatchObject({ intact: true })
    }
  })
})
