import { html } from 'lit'
import { delay, http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/app-shell.ts'
import type { AppShell } from '../../src/app-shell.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { changeRequest, configuration, PROJECT, receipt, timeline, undoAction } from '../fixtures.ts'
import { API, AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const home = location.pathname + location.search
const CHANGES = '/p/shop/production/changes'
const REQUESTS = `${API}/projects/shop/environments/production/change-requests`

beforeEach(() => {
  localStorage.setItem('rampart.place', 'shop\nproduction')
  return async () => {
    localStorage.clear()
    history.replaceState(null, '', home)
    await page.viewport(1280, 900)
  }
})

async function open(url = CHANGES) {
  history.replaceState(null, '', url)
  return draw<AppShell>(html`<app-shell></app-shell>`)
}

/** The questions that the page asked the time axis. */
function questions(): URLSearchParams[] {
  const asked: URLSearchParams[] = []
  worker.use(
    http.get(`${API}/projects/shop/timeline`, ({ request }) => {
      const query = new URL(request.url).searchParams
      // The header asks for the number alone.
      if (query.get('limit') !== '1') asked.push(query)
      return HttpResponse.json(timeline())
    }),
  )
  return asked
}

const back = page.getByRole('button', { name: /^Back to 10 %/ })

test('accessible, with a difference open', async () => {
  await open()
  await expect.element(back).toBeVisible()
  await page.getByRole('button', { name: 'difference' }).first().click()
  await expect.element(page.getByRole('columnheader', { name: 'Before' })).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('says who did what, why, and how far it came; what cannot be undone says so', async () => {
  await open()
  await expect.element(page.getByText('Grace killed search-v2 in production')).toBeVisible()
  await expect.element(page.getByText('“error rate on /search” · confirmed by 9 998 of 10 000 SDKs')).toBeVisible()
  await expect.element(page.getByText(/approved by Lin/)).toBeVisible()
  await expect.element(page.getByText('changed since')).toBeVisible()
  await expect.element(page.getByRole('img', { name: /^4 changes from/ })).toBeVisible()
})

test('the header counts what changed this hour, and leads there', async () => {
  await open('/p/shop/production/flags')
  await page.getByRole('link', { name: '4 changes this hour' }).click()
  await expect.element(page.getByRole('heading', { name: 'What changed' })).toBeVisible()
})

test('a mark on the axis leads to its line', async () => {
  await open()
  await expect.element(page.getByText('kill search-v2', { exact: true })).toBeVisible()
  await page.getByText('kill search-v2', { exact: true }).click()
  const list = document.querySelector('app-shell')?.shadowRoot?.querySelector('changes-page')?.shadowRoot
  const focused = list?.querySelector('change-list')?.shadowRoot?.activeElement
  expect(focused?.textContent).toMatch(/Grace killed/)
})

test('its time and filters live in the address, both ways', async () => {
  const asked = questions()
  await open(`${CHANGES}?window=7d&kind=deploy`)
  await expect.element(page.getByRole('button', { name: '7 d' })).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(() => asked.length).toBeGreaterThan(0)
  const [first] = asked
  expect(Date.parse(first?.get('to') ?? '') - Date.parse(first?.get('from') ?? '')).toBe(7 * 86_400_000)
  expect(first?.get('kind')).toBe('deploy')
  expect(first?.get('environment')).toBe('production')
  await page.getByLabelText('Who').selectOptions('Ada')
  await page.getByLabelText('Where').selectOptions('all environments')
  await page.getByRole('button', { name: '24 h' }).click()
  expect(location.search).toBe('?window=24h&in=all&kind=deploy&person=Ada')
  await expect.poll(() => asked.at(-1)?.get('person')).toBe('Ada')
  expect(asked.at(-1)?.get('environment')).toBe(null)
})

test('a link with moments shows those moments', async () => {
  const asked = questions()
  await open(`${CHANGES}?from=2026-11-22T13:00:00.000Z&to=2026-11-22T14:00:00.000Z`)
  await expect.poll(() => asked[0]?.get('to')).toBe('2026-11-22T14:00:00.000Z')
  await expect.element(page.getByRole('button', { name: /^22 Nov/ })).toHaveAttribute('aria-pressed', 'true')
})

test('an undo says what it will do, sends what the service wrote down, and nothing before', async () => {
  const sent: unknown[] = []
  worker.use(
    http.post(`${AT}/versions/6/restore`, async ({ request }) => {
      sent.push([request.headers.get('if-match'), await request.json()])
      return HttpResponse.json({})
    }),
  )
  await open()
  await back.click()
  const dialog = page.getByRole('dialog', { name: 'Ramp new-checkout in production from 25 % to 10 %' })
  await expect.element(dialog).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  expect(sent).toEqual([])
  await userEvent.keyboard('too many errors{Enter}')
  await expect.element(dialog).not.toBeInTheDocument()
  expect(sent).toEqual([['"v7"', { reason: 'too many errors' }]])
})

test('an undo asks for a reason where one is wanted, and says when a second person decides', async () => {
  const [, ramp] = timeline().items
  const action = undoAction({ needsReason: true, needsApproval: true })
  const items = ramp ? [{ ...ramp, undo: { state: 'possible' as const, action } }] : []
  worker.use(
    http.get(`${API}/projects/shop/timeline`, () => HttpResponse.json(timeline({ items }))),
    http.post(`${AT}/versions/6/restore`, () => refusal(409, 'STALE_VERSION', 'Somebody changed this meanwhile.')),
  )
  await open()
  await back.click()
  await expect.element(page.getByText(/A second person has to approve it/)).toBeVisible()
  await page.getByRole('button', { name: 'Ask for it' }).click()
  await expect.element(page.getByText('Say why, in a few words.')).toBeVisible()
  await userEvent.keyboard('errors{Enter}')
  await expect.element(page.getByText('Somebody changed this meanwhile.')).toBeVisible()
})

test('a kill is restored in its own dialog, which counts', async () => {
  worker.use(
    http.post(`${API}/projects/shop/flags/search-v2/environments/production/restore`, () =>
      HttpResponse.json(receipt({ killed: false })),
    ),
  )
  await open()
  await page.getByRole('button', { name: /^Restore: / }).click()
  const dialog = page.getByRole('dialog', { name: 'Restore search-v2 in production' })
  await expect.element(dialog).toBeVisible()
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByRole('heading', { name: 'Restored search-v2 in production' })).toBeVisible()
})

test('nothing, and no answer, are said', async () => {
  let away = true
  worker.use(
    http.get(`${API}/projects/shop/timeline`, () =>
      away
        ? refusal(503, 'UNAVAILABLE', 'The database does not answer.')
        : HttpResponse.json(timeline({ items: [], total: 0 })),
    ),
  )
  await open()
  await expect.element(page.getByText('The database does not answer.')).toBeVisible()
  away = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.element(page.getByText('Nothing changed in this time.')).toBeVisible()
})

test('is the first screen of a phone, where nothing sticks out', async () => {
  await page.viewport(390, 844)
  await open('/')
  await expect.element(page.getByRole('heading', { name: 'What changed' })).toBeVisible()
  await expect.element(back).toBeVisible()
  expect(location.pathname).toBe(CHANGES)
  expect(document.documentElement.scrollWidth).toBe(390)
  expect(await accessibilityFindings()).toEqual([])
})

test('what waits for a second person stands above it, with its difference; approving applies', async () => {
  const decided: unknown[] = []
  let waiting = [changeRequest()]
  worker.use(
    http.get(REQUESTS, () => HttpResponse.json({ changeRequests: waiting, next: null })),
    http.post(`${REQUESTS}/request-1/:decision`, async ({ params, request }) => {
      decided.push([params['decision'], request.headers.get('if-match'), await request.json()])
      waiting = []
      return HttpResponse.json(changeRequest({ state: 'applied' }))
    }),
  )
  await open()
  await expect.element(page.getByText('A change waits for a second person')).toBeVisible()
  await expect.element(page.getByText('ramp new-checkout in production from 25 % to 50 %')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await page.getByRole('button', { name: 'Approve and apply' }).click()
  await expect.element(page.getByText('A change waits for a second person')).not.toBeInTheDocument()
  expect(decided).toEqual([['approve', '"v1"', {}]])
})

test('a request that was overtaken has to be brought up to date; a refusal is said', async () => {
  const bodies: unknown[] = []
  const old = changeRequest({ outdated: true, baseVersion: 6, version: 2 })
  worker.use(
    http.get(REQUESTS, () => HttpResponse.json({ changeRequests: [old], next: null })),
    http.patch(`${REQUESTS}/request-1`, async ({ request }) => {
      bodies.push([request.headers.get('if-match'), await request.json()])
      return refusal(403, 'FORBIDDEN', 'This needs the role editor or more.')
    }),
  )
  await open()
  await expect.element(page.getByText(/started from version 6, now it is 7/)).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Approve and apply' })).not.toBeInTheDocument()
  await page.getByRole('button', { name: 'Bring up to date' }).click()
  await expect.element(page.getByText('This needs the role editor or more.')).toBeVisible()
  expect(bodies).toEqual([['"v2"', { baseVersion: 7 }]])
})

test('whatever one changes can be taken back for as long as the service says', async () => {
  const undone: unknown[] = []
  const action = undoAction({ path: `${AT}/undo`, ifMatch: null, body: { entry: 'entry-1' } })
  const last = { entry: 'entry-1', flag: 'new-checkout', environment: 'production', leftMs: 29_000, action }
  const sentence = 'ramped new-checkout in production from 10 % to 25 %'
  worker.use(
    http.get(`${API}/projects/shop/undo`, () => HttpResponse.json({ lastChange: { ...last, sentence } })),
    http.post(`${AT}/undo`, async ({ request }) => {
      undone.push(await request.json())
      return HttpResponse.json({})
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await page.getByLabelText('Exact share in percent').fill('30')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const toast = page.getByRole('group', { name: 'Undo' })
  await expect.element(toast).toMatchTextContent(/You ramped new-checkout .* Undo would ramp new-checkout/)
  expect(await accessibilityFindings()).toEqual([])
  // The key leads to the button, and only the button undoes.
  ;(document.activeElement as HTMLElement).blur()
  await userEvent.keyboard('u')
  expect(undone).toEqual([])
  await userEvent.keyboard('{Enter}')
  await expect.element(toast).not.toBeInTheDocument()
  expect(undone).toEqual([{ entry: 'entry-1' }])
})

test('the offer to undo ends when its time is over', async () => {
  const last = { entry: 'e', sentence: 'turned on x', flag: 'x', environment: 'production', action: undoAction() }
  worker.use(
    http.get(`${API}/projects/shop/undo`, async () => {
      await delay(20)
      return HttpResponse.json({ lastChange: { ...last, leftMs: 1_500 } })
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await page.getByLabelText('Exact share in percent').fill('30')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.element(page.getByRole('group', { name: 'Undo' })).toBeVisible()
  await expect.element(page.getByRole('group', { name: 'Undo' })).not.toBeInTheDocument()
})

test('a version is compared and restored with its difference before', async () => {
  const sent: unknown[] = []
  worker.use(
    http.post(`${AT}/versions/6/restore`, async ({ request }) => {
      sent.push([request.headers.get('if-match'), await request.json()])
      return HttpResponse.json({})
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await page.getByText(/Ada ramped it from 5 % to 10 %/).click()
  await page.getByRole('button', { name: 'Compare' }).first().click()
  await expect.element(page.getByRole('dialog', { name: 'Compare versions' })).toBeVisible()
  await expect.element(page.getByRole('columnheader', { name: 'Version 7, now' })).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await page.getByLabelText('This version').selectOptions('1')
  await expect.element(page.getByRole('columnheader', { name: 'Version 1' })).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()

  await page.getByRole('button', { name: 'Restore this version' }).first().click()
  await expect.element(page.getByText('ramp new-checkout in production from 25 % to 10 %')).toBeVisible()
  await page.inDialog().getByRole('textbox', { name: /^Why/ }).fill('was fine')
  await page.getByRole('button', { name: 'Restore version 6' }).click()
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
  expect(sent).toEqual([['"v7"', { reason: 'was fine' }]])
})

test('where an environment wants reasons, nothing is saved without one', async () => {
  const bodies: unknown[] = []
  const environments = PROJECT.environments.map((place) => ({ ...place, reasonRequired: true }))
  worker.use(
    http.get(`${API}/projects`, () => HttpResponse.json({ projects: [{ ...PROJECT, environments }] })),
    http.patch(AT, async ({ request }) => {
      bodies.push(await request.json())
      return HttpResponse.json(configuration({ version: 8 }))
    }),
  )
  await open('/p/shop/production/flags/new-checkout')
  await page.getByLabelText('Exact share in percent').fill('30')
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await save.click()
  await expect.element(page.getByText('Say why, in a few words.')).toBeVisible()
  expect(bodies).toEqual([])
  expect(await accessibilityFindings()).toEqual([])
  await userEvent.keyboard('numbers are fine{Enter}')
  await expect.poll(() => bodies).toMatchObject([{ reason: 'numbers are fine' }])
})

test('where a second person is wanted, saving asks, and the page says so', async () => {
  let waiting: ReturnType<typeof changeRequest>[] = []
  worker.use(
    http.patch(AT, () => {
      waiting = [changeRequest()]
      return HttpResponse.json(changeRequest(), { status: 202 })
    }),
    http.get(REQUESTS, () => HttpResponse.json({ changeRequests: waiting, next: null })),
  )
  await open('/p/shop/production/flags/new-checkout')
  await page.getByLabelText('Exact share in percent').fill('50')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.element(page.getByText('A change waits for a second person')).toBeVisible()
  // What is served did not change, and the edit is not offered once more.
  await expect.element(page.getByLabelText('Exact share in percent')).toHaveValue('25')
  expect(await accessibilityFindings()).toEqual([])
})
