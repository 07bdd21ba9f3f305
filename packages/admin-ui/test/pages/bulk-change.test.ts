import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { afterEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/flags-page.ts'
import type { FlagsPage } from '../../src/pages/flags-page.ts'
import { accessibilityFindings, draw, tick } from '../draw.ts'
import { manyFlags } from '../fixtures.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const BULK = `${API}/projects/shop/bulk`

const home = location.pathname + location.search

// The page keeps its search in the address.
afterEach(() => history.replaceState(null, '', home))

async function openOnTwo() {
  await draw<FlagsPage>(html`<flags-page></flags-page>`)
  await page.getByRole('searchbox', { name: 'Search flags' }).fill('on')
  await page.getByRole('button', { name: 'Change these 2' }).click()
}

test('changes exactly those that the search shows and the list keeps, and tells what became of each', async () => {
  const bodies: unknown[] = []
  worker.use(
    http.post(`${BULK}/tags`, async ({ request }) => {
      bodies.push(await request.json())
      return HttpResponse.json({
        outcomes: [{ flag: 'pay-with-wallet', ok: false, code: 'LIMIT_EXCEEDED', message: 'It would have 21 tags.' }],
      })
    }),
  )
  await openOnTwo()
  await expect.element(page.getByRole('dialog', { name: 'Change 2 flags' })).toBeVisible()
  const dialog = page.inDialog()
  expect(await accessibilityFindings()).toEqual([])
  await dialog.getByRole('button', { name: 'Tag 2 flags' }).click()
  await expect.element(dialog.getByText('Name at least one tag.')).toBeVisible()
  await dialog.getByLabelText('Tags').fill('web, autumn')
  await tick(dialog.getByRole('checkbox', { name: 'new-checkout' }))
  await dialog.getByLabelText(/Why/).fill('tidy')
  await dialog.getByRole('button', { name: 'Tag 1 flag' }).click()
  await expect.element(page.getByRole('dialog', { name: 'Changed 0 of 1 flag' })).toBeVisible()
  await expect
    .element(page.getByRole('listitem'))
    .toMatchTextContent(/pay-with-wallet not changed\. It would have 21 tags\./)
  expect(await accessibilityFindings()).toEqual([])
  expect(bodies).toEqual([{ flags: ['pay-with-wallet'], add: ['web', 'autumn'], remove: [], reason: 'tidy' }])
})

test('an archive says what it does; its outcomes stay though no flag is left', async () => {
  worker.use(
    http.post(`${BULK}/archive`, async ({ request }) => {
      const { flags } = (await request.json()) as { flags: string[] }
      return HttpResponse.json({ outcomes: flags.map((flag) => ({ flag, ok: true })) })
    }),
  )
  await openOnTwo()
  await page.getByLabelText('What to do').selectOptions('archive')
  await expect.element(page.getByText(/Its key is never used again/)).toBeVisible()
  worker.use(http.get(`${API}/projects/shop/flags`, () => HttpResponse.json({ flags: [] })))
  await page.getByRole('button', { name: 'Archive 2 flags' }).click()
  await expect.element(page.getByText('No flags yet')).toBeVisible()
  await expect.element(page.getByRole('dialog', { name: 'Changed 2 of 2 flags' })).toBeVisible()
})

test('a refusal of the whole keeps what was typed', async () => {
  worker.use(http.post(`${BULK}/tags`, () => refusal(403, 'FORBIDDEN', 'Your role may not do this.')))
  await openOnTwo()
  await page.getByLabelText('What to do').selectOptions('untag')
  await page.inDialog().getByLabelText('Tags').fill('web')
  await page.getByRole('button', { name: 'Untag 2 flags' }).click()
  await expect.element(page.getByText('Your role may not do this.')).toBeVisible()
  await expect.element(page.inDialog().getByLabelText('Tags')).toHaveValue('web')
})

test('more than 500 are refused before anything is asked', async () => {
  worker.use(http.get(`${API}/projects/shop/flags`, () => HttpResponse.json({ flags: manyFlags(501) })))
  await draw<FlagsPage>(html`<flags-page></flags-page>`)
  await expect.element(page.getByRole('button', { name: 'Change these 501' })).toBeDisabled()
})
