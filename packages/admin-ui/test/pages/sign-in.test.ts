import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { afterEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/join-page.ts'
import '../../src/pages/sign-in-page.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const home = location.pathname + location.search
afterEach(() => history.replaceState(null, '', home))

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

function drawSignIn() {
  let signedIn = 0
  return draw(html`<sign-in-page @signed-in=${() => signedIn++}></sign-in-page>`).then(() => () => signedIn)
}

test('a password and the code of an app sign in', async () => {
  const sent: unknown[] = []
  worker.use(
    http.post(`${API}/session/password`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ secondFactor: true })
    }),
    http.post(`${API}/session/second-factor`, () => refusal(401, 'UNAUTHENTICATED', 'This code is not right.'), {
      once: true,
    }),
    http.post(`${API}/session/second-factor`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ secondFactor: false })
    }),
  )
  const signedIn = await drawSignIn()
  expect(await accessibilityFindings()).toEqual([])
  await page.getByLabelText('E-mail address').fill('grace@example.com')
  await page.getByLabelText('Password').fill('a rather long password')
  await press('Sign in')
  await expect.element(page.getByLabelText('Code of your app')).toBeVisible()
  await expect.poll(() => document.activeElement?.shadowRoot?.activeElement?.id).toBe('code')
  expect(signedIn()).toBe(0)
  expect(await accessibilityFindings()).toEqual([])
  await page.getByLabelText('Code of your app').fill('000000')
  await press('Sign in')
  await expect.element(page.getByRole('alert')).toHaveTextContent('This code is not right.')
  await page.getByLabelText('Code of your app').fill('123456')
  await press('Sign in')
  await expect.poll(signedIn).toBe(1)
  expect(sent).toEqual([{ email: 'grace@example.com', password: 'a rather long password' }, { code: '123456' }])
})

test('a wrong password is said in the words of the service', async () => {
  worker.use(http.post(`${API}/session/password`, () => refusal(429, 'RATE_LIMITED', 'Too many failed attempts.')))
  await drawSignIn()
  await page.getByLabelText('E-mail address').fill('grace@example.com')
  await page.getByLabelText('Password').fill('guess')
  await press('Sign in')
  await expect.element(page.getByRole('alert')).toHaveTextContent('Too many failed attempts.')
})

test('an identity provider has a button with its name, and its refusal is said', async () => {
  worker.use(http.get(`${API}/session/ways`, () => HttpResponse.json({ setUp: true, oidc: 'Example' })))
  history.replaceState(null, '', '/sign-in?error=not-invited')
  await drawSignIn()
  await expect.element(page.getByRole('button', { name: 'Sign in with Example' })).toBeVisible()
  await expect.element(page.getByText(/Ask an admin for an invitation/)).toBeVisible()
  await expect.element(page.getByText(/Nobody has an account here yet/)).toBeVisible()
})

test('the set-up link makes the first account, and leaves the address', async () => {
  const sent: unknown[] = []
  worker.use(
    http.post(`${API}/set-up`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ secondFactor: false }, { status: 201 })
    }),
  )
  history.replaceState(null, '', '/set-up#rsu_secret')
  let signedIn = false
  await draw(html`<join-page by="set-up" @signed-in=${() => (signedIn = true)}></join-page>`)
  expect(location.href).not.toContain('rsu_')
  expect(await accessibilityFindings()).toEqual([])
  await page.getByLabelText('Your name').fill('Ada')
  await page.getByLabelText('E-mail address').fill('ada@example.com')
  await page.getByLabelText('Password', { exact: true }).fill('a rather long password')
  await page.getByLabelText('The password again').fill('another')
  await press('Create account')
  await expect.element(page.getByRole('alert')).toHaveTextContent('The two passwords are not the same.')
  await page.getByLabelText('The password again').fill('a rather long password')
  await press('Create account')
  await expect.poll(() => signedIn).toBe(true)
  expect(sent).toEqual([
    { secret: 'rsu_secret', name: 'Ada', email: 'ada@example.com', password: 'a rather long password' },
  ])
})

test('an invitation says who invited whom, and an old one says what to do', async () => {
  worker.use(
    http.post(`${API}/invitations/look`, () =>
      HttpResponse.json({ email: 'grace@example.com', role: 'operator', invitedBy: 'Ada' }),
    ),
  )
  history.replaceState(null, '', '/invitation#rpi_secret')
  await draw(html`<join-page by="invitation"></join-page>`)
  await expect.element(page.getByText(/Ada invited/)).toHaveTextContent('Ada invited grace@example.com as an operator.')
  expect(await accessibilityFindings()).toEqual([])
  document.body.replaceChildren()
  worker.use(http.post(`${API}/invitations/look`, () => refusal(401, 'UNAUTHENTICATED', 'This invitation was used.')))
  history.replaceState(null, '', '/invitation#rpi_secret')
  await draw(html`<join-page by="invitation"></join-page>`)
  await expect.element(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
  await expect.element(page.getByRole('alert')).toHaveTextContent('This invitation was used.')
})
