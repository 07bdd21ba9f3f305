import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/account-settings.ts'
import '../../src/pages/key-settings.ts'
import '../../src/pages/member-settings.ts'
import '../../src/pages/token-settings.ts'
import type { ApiToken, Member, OwnSession, SdkKey } from '../../src/contract.ts'
import { accessibilityFindings, draw, tick } from '../draw.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const SHOP = `${API}/projects/shop`
const KEYS = `${SHOP}/environments/production/sdk-keys`
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const MINUTE = 60_000

const ada: Member = {
  id: 'p1',
  name: 'Ada',
  email: 'ada@example.com',
  secondFactor: true,
  lastSeenAt: ago(3 * MINUTE),
  everywhere: true,
  group: null,
  role: 'admin',
  production: true,
  kill: true,
}
const grace: Member = {
  ...ada,
  id: 'p2',
  name: 'Grace',
  email: 'grace@example.com',
  everywhere: false,
  role: 'editor',
  production: false,
  secondFactor: false,
}
const invitation = {
  id: 'i1',
  email: 'oscar@example.com',
  everywhere: false,
  role: 'operator',
  production: false,
  kill: false,
  createdBy: 'Ada',
  expiresAt: ago(-3 * 24 * 60 * MINUTE),
}
const key: SdkKey = {
  id: 'k1',
  kind: 'server',
  name: 'shop',
  prefix: 'rps_Abcd',
  origins: [],
  createdAt: ago(60 * MINUTE),
  createdBy: 'Ada',
  expiresAt: null,
  lastUsedAt: ago(MINUTE),
  replaced: false,
}
const token: ApiToken = {
  id: 't1',
  name: 'deploys',
  prefix: 'rpt_Abcd',
  role: 'editor',
  production: false,
  kill: false,
  everywhere: false,
  environments: ['staging'],
  fromEnvironment: false,
  createdAt: ago(60 * MINUTE),
  createdBy: 'Ada',
  expiresAt: ago(-2 * 24 * 60 * MINUTE),
  lastUsedAt: null,
  replaced: false,
}
const own: OwnSession = {
  id: 's1',
  current: true,
  address: '192.0.2.7',
  browser: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  createdAt: ago(60 * MINUTE),
  lastSeenAt: ago(MINUTE),
  expiresAt: ago(-29 * 24 * 60 * MINUTE),
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
/** Writes down the bodies of one kind of request and answers. */
function record(method: 'post' | 'put' | 'patch' | 'delete', url: string, answer: () => Response) {
  const bodies: unknown[] = []
  worker.use(
    http[method](url, async ({ request }) => {
      const text = await request.text()
      bodies.push(text ? JSON.parse(text) : null)
      return answer()
    }),
  )
  return bodies
}
const done = () => new HttpResponse(null, { status: 204 })

test('members: invites with a link that is shown once, changes a role, removes', async () => {
  worker.use(http.get(`${SHOP}/members`, () => HttpResponse.json({ members: [ada, grace], invitations: [invitation] })))
  const invited = record('post', `${SHOP}/invitations`, () =>
    HttpResponse.json({ id: 'i2', path: '/invitation#rpi_secret', expiresAt: ago(-MINUTE) }, { status: 201 }),
  )
  const changed = record('put', `${SHOP}/members/p2`, done)
  const removed = record('delete', `${SHOP}/members/p2`, done)
  await draw(html`<member-settings></member-settings>`)
  await expect.element(page.getByText('admin, with production, all projects')).toBeVisible()
  await expect.element(page.getByText('editor, without production, may kill')).toBeVisible()
  await page.getByLabelText('E-mail address').fill('nina@example.com')
  await page.getByLabelText('Role').selectOptions('operator')
  await expect.element(page.getByText(/kills, restores, pauses/)).toBeVisible()
  await press('Invite')
  await expect.element(page.getByText(`${location.origin}/invitation#rpi_secret`)).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  expect(invited).toEqual([{ email: 'nina@example.com', role: 'operator', production: false, kill: true }])
  await press('Change role of Grace')
  await tick(page.inDialog().getByRole('checkbox', { name: 'in production too' }))
  expect(await accessibilityFindings()).toEqual([])
  await press('Save role')
  await expect.poll(() => changed).toEqual([{ role: 'editor', production: true, kill: true }])
  await press('Remove Grace')
  await expect.element(page.getByText(/signed out everywhere/)).toBeVisible()
  await page.inDialog().getByRole('button', { name: 'Remove Grace' }).click()
  await expect.poll(() => removed).toHaveLength(1)
})

test('members: the refusal to remove the last admin stands where it was asked', async () => {
  worker.use(
    http.get(`${SHOP}/members`, () => HttpResponse.json({ members: [ada], invitations: [] })),
    http.delete(`${API}/members/p1`, () => refusal(409, 'LAST_ADMIN', 'This is the last admin of everything.')),
  )
  await draw(html`<member-settings></member-settings>`)
  await press('Remove Ada')
  await page.inDialog().getByRole('button', { name: 'Remove Ada' }).click()
  await expect.element(page.getByRole('alert')).toHaveTextContent('This is the last admin of everything.')
})

test('members: a role by a group says so, and is not changed here', async () => {
  const byGroup = { ...grace, role: 'viewer', group: 'shop-devs' }
  worker.use(http.get(`${SHOP}/members`, () => HttpResponse.json({ members: [grace, byGroup], invitations: [] })))
  await draw(html`<member-settings></member-settings>`)
  await expect.element(page.getByText('by group shop-devs')).toBeVisible()
  await expect.element(page.getByText('changes at the identity provider')).toBeVisible()
  // One row was given by hand and has its buttons; a second one would make this ambiguous.
  await expect.element(page.getByRole('button', { name: 'Remove Grace' })).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('members: whoever may not see them is told what is missing', async () => {
  worker.use(http.get(`${SHOP}/members`, () => refusal(403, 'FORBIDDEN', 'This needs the role admin or more.')))
  await draw(html`<member-settings></member-settings>`)
  await expect.element(page.getByText(/This needs the role admin/)).toBeVisible()
})

test('SDK keys: last use and end are shown; a rotation says how long the old one goes on', async () => {
  worker.use(
    http.get(KEYS, () =>
      HttpResponse.json({
        sdkKeys: [key, { ...key, id: 'k2', name: 'old', replaced: true, expiresAt: ago(-MINUTE * 90) }],
      }),
    ),
  )
  const rotated = record('post', `${KEYS}/k1/rotate`, () =>
    HttpResponse.json({ ...key, id: 'k3', key: 'rps_new-secret' }, { status: 201 }),
  )
  const revoked = record('delete', `${KEYS}/k1`, done)
  await draw(html`<key-settings></key-settings>`)
  await expect.element(page.getByText(/used \d\d:\d\d \(1 min ago\)/).first()).toBeVisible()
  await expect.element(page.getByText(/replaced, ends/)).toBeVisible()
  await press('Rotate shop')
  await page.getByLabelText('The old one goes on for').selectOptions('a week')
  expect(await accessibilityFindings()).toEqual([])
  await press('Make a new key')
  await expect.element(page.getByText('rps_new-secret')).toBeVisible()
  expect(rotated).toEqual([{ overlapHours: 168 }])
  await press('Revoke shop')
  await expect.element(page.getByText(/cut off within five seconds/)).toBeVisible()
  await press('Revoke the key')
  await expect.poll(() => revoked).toHaveLength(1)
})

test('SDK keys: one for pages comes with the code for pages', async () => {
  const made = record('post', KEYS, () =>
    HttpResponse.json({ ...key, kind: 'client', key: 'rpc_public' }, { status: 201 }),
  )
  await draw(html`<key-settings></key-settings>`)
  await page.getByLabelText('Application').fill('web')
  await page.getByLabelText('Used in').selectOptions('client')
  await page.getByLabelText('Lasts').selectOptions('a year')
  await page
    .getByLabelText('Origins of the pages that may use it')
    .fill('https://shop.example\n  https://*.shop.example,')
  expect(await accessibilityFindings()).toEqual([])
  await press('Create key')
  await expect.element(page.getByText(/It is public/)).toBeVisible()
  await expect
    .element(page.getByLabelText('Code that uses the key'))
    .toMatchTextContent(/createBrowserClient.*rpc_public/s)
  expect(await accessibilityFindings()).toEqual([])
  const origins = ['https://shop.example', 'https://*.shop.example']
  expect(made).toEqual([{ kind: 'client', name: 'web', days: 365, origins }])
  // A server key has none.
  await expect.element(page.getByLabelText('Origins of the pages that may use it')).not.toBeInTheDocument()
})

test('SDK keys: pages of a client key are changed at its line, and a mistake keeps what was typed', async () => {
  const web = { ...key, id: 'k9', kind: 'client', name: 'web', origins: ['https://shop.example', 'https://b.example'] }
  worker.use(http.get(KEYS, () => HttpResponse.json({ sdkKeys: [key, web] })))
  let why = '"shop" is not an origin.'
  const bound = record('patch', `${KEYS}/k9`, () =>
    why ? refusal(400, 'INVALID_INPUT', why) : HttpResponse.json({ ...web, origins: [] }),
  )
  await draw(html`<key-settings></key-settings>`)
  await expect.element(page.getByText('for apps and pages of https://shop.example and 1 more')).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Origins of shop' })).not.toBeInTheDocument()
  await press('Origins of web')
  const field = page.inDialog().getByLabelText('Origins of the pages that may use it')
  await expect.element(field).toHaveValue('https://shop.example\nhttps://b.example')
  expect(await accessibilityFindings()).toEqual([])
  await field.fill('shop')
  await press('Save origins')
  await expect.element(page.inDialog().getByRole('alert')).toHaveTextContent(why)
  await expect.element(field).toHaveValue('shop')
  // What was left is not there the next time.
  await press('Leave it')
  await press('Origins of web')
  await expect.element(field).toHaveValue('https://shop.example\nhttps://b.example')
  await expect.element(page.inDialog().getByRole('alert')).not.toBeInTheDocument()
  why = ''
  await field.fill('')
  await press('Save origins')
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
  expect(bound).toEqual([{ origins: ['shop'] }, { origins: [] }])
})

test('API tokens: made for one environment with an end, shown once', async () => {
  const admin = {
    ...token,
    id: 't2',
    name: 'RAMPART_ADMIN_TOKEN',
    everywhere: true,
    environments: null,
    fromEnvironment: true,
    expiresAt: null,
  }
  worker.use(http.get(`${SHOP}/tokens`, () => HttpResponse.json({ tokens: [token, admin] })))
  const made = record('post', `${SHOP}/tokens`, () =>
    HttpResponse.json({ ...token, id: 't3', token: 'rpt_new-secret' }, { status: 201 }),
  )
  await draw(html`<token-settings></token-settings>`)
  await expect.element(page.getByText('editor, without production: staging')).toBeVisible()
  await expect.element(page.getByText('never used').first()).toBeVisible()
  // What ends with a variable has no button that would lie.
  await expect.element(page.getByRole('button', { name: 'Revoke RAMPART_ADMIN_TOKEN' })).not.toBeInTheDocument()
  await page.getByLabelText('Program').fill('ci')
  await page.getByLabelText('Role').selectOptions('editor')
  await page.getByLabelText('In', { exact: true }).selectOptions('staging alone')
  await press('Create token')
  await expect.element(page.getByText('rpt_new-secret')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  expect(made).toEqual([
    { name: 'ci', role: 'editor', production: false, kill: false, environments: ['staging'], days: 90 },
  ])
})

test('my account: sessions, password and second factor', async () => {
  let secondFactor = false
  worker.use(
    http.get(`${API}/account`, () =>
      HttpResponse.json({ name: 'Grace', email: 'grace@example.com', secondFactor, hasPassword: true }),
    ),
    http.get(`${API}/account/sessions`, () =>
      HttpResponse.json({ sessions: [own, { ...own, id: 's2', current: false, browser: 'curl/8' }] }),
    ),
  )
  const ended = record('delete', `${API}/account/sessions/s2`, done)
  const changed = record('put', `${API}/account/password`, done)
  const begun = record('post', `${API}/account/second-factor`, () =>
    HttpResponse.json({
      uri: 'otpauth://totp/Rampart:grace?secret=ABCD',
      secret: 'ABCD',
      backupCodes: ['aaaa-bbbb', 'cccc-dddd'],
    }),
  )
  const confirmed = record('put', `${API}/account/second-factor`, () => {
    secondFactor = true
    return done()
  })
  await draw(html`<account-settings></account-settings>`)
  await expect.element(page.getByText('Firefox on Linux')).toBeVisible()
  await press('End the session of curl/8')
  await expect.poll(() => ended).toHaveLength(1)
  await page.getByLabelText('Present password').fill('a rather long password')
  await page.getByLabelText('New password').fill('another long password')
  await press('Change password')
  await expect
    .poll(() => changed)
    .toEqual([{ password: 'a rather long password', newPassword: 'another long password' }])
  await page.getByLabelText('Your password').fill('another long password')
  await press('Set up')
  await expect.element(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  await expect.element(page.getByText('aaaa-bbbb')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await expect.element(page.getByRole('button', { name: 'Turn on' })).toBeDisabled()
  await tick(page.getByRole('checkbox', { name: 'I have kept the backup codes' }))
  await page.getByLabelText('Code that the app shows').fill('123456')
  await press('Turn on')
  await expect.element(page.getByText('On. Signing in asks for a code.')).toBeVisible()
  expect(begun).toEqual([{ password: 'another long password' }])
  expect(confirmed).toEqual([{ code: '123456' }])
})

test('my account: a token has none, and that is said', async () => {
  worker.use(http.get(`${API}/account`, () => refusal(404, 'NOT_FOUND', 'No.')))
  await draw(html`<account-settings></account-settings>`)
  await expect.element(page.getByText(/signed in with an API token/)).toBeVisible()
})
