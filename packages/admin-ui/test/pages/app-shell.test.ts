import { html } from 'lit'
import { http, HttpResponse, sse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/app-shell.ts'
import type { AppShell } from '../../src/app-shell.ts'
import { navigate } from '../../src/routes.ts'
import { accessibilityFindings, draw, focusedName } from '../draw.ts'
import { configuration, flag, flagSummaries, manyFlags, plainConfiguration } from '../fixtures.ts'
import { API, AT, refusal, silentStream } from '../handlers.ts'
import { worker } from '../worker.ts'

const home = location.pathname + location.search

beforeEach(() => {
  localStorage.setItem('rampart.place', 'shop\nproduction')
  return () => {
    localStorage.clear()
    history.replaceState(null, '', home)
  }
})

/** As the browser tells it when another tab comes to the front, and when this one comes back. */
function lookAway(hidden: boolean) {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
  document.dispatchEvent(new Event('visibilitychange'))
}

async function open(url: string) {
  history.replaceState(null, '', url)
  return draw<AppShell>(html`<app-shell></app-shell>`)
}

test('the list is accessible', async () => {
  await open('/p/shop/production/flags')
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('the flag page is accessible', { timeout: 90_000 }, async () => {
  await open('/p/shop/production/flags/new-checkout')
  await expect.element(page.getByText(/Ada ramped it from 10 % to 25 %/)).toBeVisible()
  await page.getByText('The same numbers as a table').click()
  await page.getByRole('button', { name: 'Edit who gets it' }).click()
  expect(await accessibilityFindings()).toEqual([])
})

test('signs in with a token; a wrong one is said', async () => {
  localStorage.clear()
  const bodies: unknown[] = []
  worker.use(
    http.post(`${API}/session`, () => refusal(401, 'UNAUTHENTICATED', 'No.'), { once: true }),
    http.post(`${API}/session`, async ({ request }) => {
      bodies.push(await request.json())
      return HttpResponse.json({ actor: { kind: 'token', id: 't1', name: 'Grace' } })
    }),
  )
  await open('/')
  await page.getByRole('button', { name: 'Sign in with an API token' }).click()
  expect(await accessibilityFindings()).toEqual([])
  await page.getByLabelText('API token').fill('rpt_wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect.element(page.getByText(/This token is not known/)).toBeVisible()
  await page.getByLabelText('API token').fill('rpt_right')
  await page.getByLabelText(/Your name/).fill('Grace')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect.element(page.getByRole('heading', { name: 'Flags' })).toBeVisible()
  expect(bodies).toEqual([{ token: 'rpt_right', name: 'Grace' }])
  expect(JSON.stringify({ ...localStorage })).not.toContain('rpt_')
  expect(location.pathname).toBe('/p/shop/production/flags')
})

test('an ended session asks to sign in again, and the page stays', async () => {
  await open('/p/shop/production/flags')
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
  worker.use(
    http.get(`${AT.slice(0, -'/environments/production'.length)}`, () => refusal(401, 'UNAUTHENTICATED', 'No.')),
  )
  await page.getByRole('link', { name: 'new-checkout' }).click()
  await expect.element(page.getByText('Your session has ended.')).toBeVisible()
  await expect.element(page.getByLabelText('Password')).toBeVisible()
  worker.resetHandlers()
  await page.getByLabelText('E-mail address').fill('grace@example.com')
  await page.getByLabelText('Password').fill('a rather long password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect.element(page.getByLabelText('Password')).not.toBeInTheDocument()
  // What failed for want of a session is loaded again by itself.
  await expect.element(page.getByRole('heading', { name: 'new-checkout' })).toBeVisible()
})

test('a session that ends in the middle of an edit loses nothing', async () => {
  await open('/p/shop/production/flags/new-checkout')
  const exact = page.getByRole('textbox', { name: 'Exact share in percent' })
  await exact.fill('90')
  let saved = 0
  worker.use(
    http.patch(AT, () => refusal(401, 'UNAUTHENTICATED', 'This session has ended.'), { once: true }),
    http.patch(AT, () => {
      saved++
      return HttpResponse.json(configuration({ version: 8 }))
    }),
  )
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await save.click()
  await expect.element(page.getByText('Your session has ended.')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByText('Your session has ended.')).toBeVisible()
  await page.getByLabelText('E-mail address').fill('grace@example.com')
  await page.getByLabelText('Password').fill('a rather long password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect.element(page.getByText('Your session has ended.')).not.toBeInTheDocument()
  await expect.element(exact).toHaveValue('90')
  await save.click()
  await expect.poll(() => saved).toBe(1)
})

test('a page that the back button brings from memory asks again who is signed in', async () => {
  await open('/p/shop/production/flags')
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
  worker.use(http.get(`${API}/session`, () => refusal(401, 'UNAUTHENTICATED', 'No.')))
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).not.toBeInTheDocument()
  await expect.element(page.getByLabelText('Password')).toBeVisible()
})

test('arrows, Enter, k and r work on the list; search narrows per keystroke and stands in the address', async () => {
  await open('/p/shop/production/flags')
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}')
  await expect.poll(focusedName).toBe('search-v2')
  await userEvent.keyboard('{ArrowUp}k')
  await expect.element(page.getByRole('dialog', { name: 'Kill new-checkout in production' })).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await expect.poll(focusedName).toBe('new-checkout')
  await userEvent.keyboard('/tag:check')
  await expect.element(page.getByRole('link', { name: 'search-v2' })).not.toBeInTheDocument()
  await expect.poll(() => location.search).toBe('?q=tag%3Acheck')
  await userEvent.keyboard('{ArrowDown}r')
  await expect.poll(focusedName).toBe('Share of users')
})

test('of 5 000 flags only a screenful is drawn, and End of the list is reached', async () => {
  worker.use(http.get(`${API}/projects/shop/flags`, () => HttpResponse.json({ flags: manyFlags(5000) })))
  await open('/p/shop/production/flags')
  await expect.element(page.getByRole('link', { name: 'flag-00000' })).toBeVisible()
  expect(page.getByRole('row').elements().length).toBeLessThan(60)
  expect(page.getByRole('table', { name: 'Flags' }).element().getAttribute('aria-rowcount')).toBe('5001')
  scrollTo(0, document.documentElement.scrollHeight)
  await expect.element(page.getByRole('link', { name: 'flag-04999' })).toBeVisible()
  expect(page.getByRole('row').elements().length).toBeLessThan(60)
  scrollTo(0, 0)
})

test('ramps, says so once, and shows what was saved', async () => {
  let weight = 25_000
  const here = () => flag({ environments: { production: plainConfiguration(weight, { version: weight }) } })
  worker.use(
    http.get(`${API}/projects/shop/flags/new-checkout`, () => HttpResponse.json(here())),
    http.patch(AT, async ({ request }) => {
      expect(request.headers.get('if-match')).toBe('"v25000"')
      const edit = (await request.json()) as { defaultServe: { rollout: { weight: number } } }
      weight = edit.defaultServe.rollout.weight
      return HttpResponse.json(here().environments['production'])
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await page.getByRole('textbox', { name: 'Exact share in percent' }).fill('50')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect
    .element(page.getByText('In production, 50 % of users get on; everyone else gets off.', { exact: true }))
    .toBeVisible()
  await expect.element(page.getByRole('status').filter({ hasText: /^Saved\. In production, 50 %/ })).toBeInTheDocument()
})

test("somebody else's change appears by itself", async () => {
  let weight = 25_000
  let tell: (() => void) | undefined
  worker.use(
    http.get(`${API}/projects/shop/flags/new-checkout`, () =>
      HttpResponse.json(flag({ environments: { production: plainConfiguration(weight) } })),
    ),
    sse<{ change: string }>(`${API}/projects/shop/events`, ({ client }) => {
      const change = { environment: 'production', revision: 900, flags: ['new-checkout'] }
      tell = () => client.send({ event: 'change', data: JSON.stringify(change) })
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await expect.element(page.getByText(/25 % of users get/).first()).toBeVisible()
  await expect.poll(() => tell).toBeDefined()
  weight = 75_000
  tell?.()
  await expect.element(page.getByText(/75 % of users get/).first()).toBeVisible()
})

test('a hidden tab lets its stream go, and asks again when somebody looks', async () => {
  let weight = 25_000
  let streams = 0
  worker.use(
    http.get(`${API}/projects/shop/flags/new-checkout`, () =>
      HttpResponse.json(flag({ environments: { production: plainConfiguration(weight) } })),
    ),
    http.get(`${API}/projects/shop/events`, () => {
      streams++
      return silentStream()
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await expect.element(page.getByText(/25 % of users get/).first()).toBeVisible()
  await expect.poll(() => streams).toBe(1)
  lookAway(true)
  weight = 75_000
  lookAway(false)
  await expect.element(page.getByText(/75 % of users get/).first()).toBeVisible()
  expect(streams).toBe(2)
})

test('a lost stream is said, since when', async () => {
  worker.use(http.get(`${API}/projects/shop/events`, () => HttpResponse.error()))
  await open('/p/shop/production/flags')
  await expect.element(page.getByText(/Connection lost since/), { timeout: 5_000 }).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('a failed load says what happened and tries again', async () => {
  worker.use(
    http.get(`${API}/projects/shop/flags`, () => refusal(503, 'UNAVAILABLE', 'The database cannot be reached.'), {
      once: true,
    }),
    http.get(`${API}/projects/shop/flags`, () => HttpResponse.json({ flags: flagSummaries() })),
  )
  await open('/p/shop/production/flags')
  await expect.element(page.getByText('The database cannot be reached.')).toBeVisible()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
})

test('a dialog takes what is typed at once, and gives the keyboard back', async () => {
  await open('/p/shop/production/flags')
  const key = page.getByRole('textbox', { name: 'Key', exact: true })
  await page.getByRole('button', { name: /New flag/ }).click()
  await userEvent.keyboard('new')
  await expect.element(key).toHaveValue('new')
  expect((key.element() as HTMLInputElement).ariaDescribedByElements?.map(({ id }) => id)).toEqual(['hint', 'trouble'])
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
  await expect.poll(focusedName).toMatch(/^New flag/)
})

test('a new flag is created and opened', async () => {
  const bodies: unknown[] = []
  worker.use(
    http.post(`${API}/projects/shop/flags`, () => refusal(409, 'KEY_TAKEN', 'There is a flag with this key already.'), {
      once: true,
    }),
    http.post(`${API}/projects/shop/flags`, async ({ request }) => {
      bodies.push(await request.json())
      return HttpResponse.json(flag(), { status: 201 })
    }),
  )
  await open('/p/shop/production/flags')
  await page.getByRole('button', { name: /New flag/ }).click()
  await page.getByRole('textbox', { name: 'Key', exact: true }).fill('new-checkout')
  await page.getByRole('button', { name: 'Create flag' }).click()
  await expect.element(page.getByText('There is a flag with this key already.')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await page.getByRole('textbox', { name: 'Tags' }).fill('web, checkout')
  await page.getByRole('button', { name: 'Create flag' }).click()
  await expect.element(page.getByRole('heading', { name: 'new-checkout' })).toBeVisible()
  expect(bodies).toEqual([{ key: 'new-checkout', type: 'boolean', kind: 'release', tags: ['web', 'checkout'] }])
})

test('the environment is switched, and a short address finds its place', async () => {
  await open('/flags/new-checkout')
  await expect.element(page.getByRole('heading', { name: 'new-checkout' })).toBeVisible()
  expect(location.pathname).toBe('/p/shop/production/flags/new-checkout')
  // An edit belongs to the environment it was begun in, and does not come along.
  const exact = page.getByRole('textbox', { name: 'Exact share in percent' })
  await exact.fill('90')
  await page.getByRole('combobox', { name: 'Environment' }).selectOptions('staging')
  await expect.element(page.getByText(/In staging, 50 % of users get on/).first()).toBeVisible()
  await expect.element(exact).toHaveValue('50')
  navigate('/p/shop/nowhere/flags')
  await expect.element(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
})

test('an SDK key is shown once, with the code that uses it, and can be revoked', async () => {
  const key = {
    id: 'k1',
    kind: 'server',
    origins: [],
    name: 'shop',
    prefix: 'rps_4f8a',
    createdAt: new Date().toISOString(),
    createdBy: 'Ada',
    expiresAt: null,
    lastUsedAt: null,
    replaced: false,
  }
  let keys: unknown[] = []
  let revoked = ''
  worker.use(
    http.get(`${API}/projects/shop/environments/production/sdk-keys`, () => HttpResponse.json({ sdkKeys: keys })),
    http.post(`${API}/projects/shop/environments/production/sdk-keys`, () => {
      keys = [key]
      return HttpResponse.json({ ...key, key: 'rps_4f8a_secret' }, { status: 201 })
    }),
    http.delete(`${API}/projects/shop/environments/production/sdk-keys/:id`, ({ params }) => {
      revoked = String(params['id'])
      keys = []
      return new HttpResponse(null, { status: 204 })
    }),
  )
  await open('/p/shop/production/settings')
  await page.getByLabelText('Application').fill('shop')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect.element(page.getByText('rps_4f8a_secret')).toBeVisible()
  await expect.element(page.getByLabelText('Code that uses the key')).toMatchTextContent(/createClient/)
  expect(await accessibilityFindings()).toEqual([])
  await page.getByRole('button', { name: 'Revoke shop' }).click()
  await page.getByRole('button', { name: 'Revoke the key' }).click()
  await expect.element(page.getByText('rps_4f8a_secret')).not.toBeInTheDocument()
  expect(revoked).toBe('k1')
})
