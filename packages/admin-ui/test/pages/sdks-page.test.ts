import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/sdks-page.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { sdks } from '../fixtures.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const AT = `${API}/projects/shop/environments/production/sdks`
const drawPage = () => draw(html`<sdks-page></sdks-page>`)

test('accessible', async () => {
  await drawPage()
  await expect.element(page.getByRole('rowheader', { name: /shop-7/ })).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('laggards come first and say what is wrong with them', async () => {
  await drawPage()
  await expect
    .element(page.getByRole('heading', { name: '3 live · 1 behind · 1 lost · 1 without a stream' }))
    .toBeVisible()
  const rows = () =>
    page
      .getByRole('row')
      .elements()
      .map((row) => row.textContent?.replaceAll(/\s+/g, ' ') ?? '')
  expect(rows()[1]).toMatch(/shop-7.*stream lost 42 s ago.*lost/)
  expect(rows()[2]).toMatch(/billing-2.*2 revisions behind.*behind/)
  expect(rows()[6]).toMatch(/pricing.*live.*Python rampart-python 2\.1\.0/)
  await expect.element(page.getByText('And 1 204 pages, 3 OFREP clients.')).toBeVisible()
})

test('a failure says so and keeps what was seen', async () => {
  const screen = await drawPage()
  await expect.element(page.getByRole('rowheader', { name: /shop-7/ })).toBeVisible()
  worker.use(http.get(AT, () => refusal(503, 'UNAVAILABLE', 'The database does not answer.')))
  await expect
    .element(page.getByRole('alert'), { timeout: 10_000 })
    .toMatchTextContent(/could not be loaded.*The database does not answer/)
  await expect.element(page.getByRole('rowheader', { name: /shop-7/ })).toBeVisible()
  screen.remove()
})

test('nobody connected says how to connect', async () => {
  const counts = { live: 0, behind: 0, lost: 0, polling: 0, pages: 0, ofrep: 0, anonymous: 0 }
  worker.use(http.get(AT, () => HttpResponse.json({ ...sdks(), sdks: [], counts })))
  await drawPage()
  await expect.element(page.getByText(/No application is connected to production/)).toBeVisible()
  await expect
    .element(page.getByRole('link', { name: 'Settings' }))
    .toHaveAttribute('href', '/p/shop/production/settings')
})
