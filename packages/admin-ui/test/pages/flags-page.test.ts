import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { afterEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/flags-page.ts'
import { draw } from '../draw.ts'
import { manyFlags } from '../fixtures.ts'
import { API } from '../handlers.ts'
import { worker } from '../worker.ts'

const thousands = manyFlags(5000)
const home = location.pathname + location.search

// The page keeps its search in the address.
afterEach(() => history.replaceState(null, '', home))

it('draws the top of a long list at once, and takes no part of it for the whole', async () => {
  let sendAll = () => {}
  const asked = new Promise<void>((resolve) => {
    sendAll = resolve
  })
  worker.use(
    http.get(`${API}/projects/:project/flags`, async ({ request }) => {
      const limit = new URL(request.url).searchParams.get('limit')
      if (limit === null) await asked
      return HttpResponse.json({ flags: thousands.slice(0, limit === null ? undefined : Number(limit)) })
    }),
  )
  await draw(html`<flags-page></flags-page>`)

  await expect.element(page.getByRole('link', { name: 'flag-00000' })).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'all', exact: true })).toBeVisible()
  await expect.element(page.getByRole('button', { name: /^Change these/ })).not.toBeInTheDocument()

  // A search that begins early waits for all of them before it says that nothing is there.
  await page.getByRole('searchbox', { name: 'Search flags' }).fill('flag-04321')
  await expect.element(page.getByText('No flag matches.')).not.toBeInTheDocument()
  sendAll()
  await expect.element(page.getByRole('link', { name: 'flag-04321' })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search flags' }).fill('')
  await expect.element(page.getByRole('button', { name: 'all 5 000' })).toBeVisible()
})

it('asks once when that was all', async () => {
  const asked: string[] = []
  worker.use(
    http.get(`${API}/projects/:project/flags`, ({ request }) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json({ flags: thousands.slice(0, 3) })
    }),
  )
  await draw(html`<flags-page></flags-page>`)
  await expect.element(page.getByRole('button', { name: 'Change these 3' })).toBeVisible()
  expect(asked).toEqual(['?limit=100'])
})
