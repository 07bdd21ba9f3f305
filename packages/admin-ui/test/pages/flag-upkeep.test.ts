import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/flag-upkeep.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { configuration, staleFlags } from '../fixtures.ts'
import { API, AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const FLAG = `${API}/projects/shop/flags/new-checkout`
const difference = [{ path: 'defaultServe.rollout.weight', yours: 50_000, current: 25_000 }]

function drawUpkeep() {
  let changed = 0
  return draw(html`<flag-upkeep .flagKey=${'new-checkout'} @changed=${() => changed++}></flag-upkeep>`).then(() => ({
    changed: () => changed,
  }))
}

test('accessible, also with its dialogs open', async () => {
  await drawUpkeep()
  await page.getByRole('button', { name: 'Copy from an environment' }).click()
  expect(await accessibilityFindings()).toEqual([])
})

test('says what to delete, and who depends on it', async () => {
  worker.use(
    http.get(`${API}/projects/:project/stale`, () =>
      HttpResponse.json({ flags: staleFlags().map((stale) => ({ ...stale, flag: 'new-checkout' })) }),
    ),
    http.get(`${FLAG}/dependents`, () =>
      HttpResponse.json({ dependents: [{ flag: 'new-receipt', environment: 'staging', variants: ['on'] }] }),
    ),
  )
  await drawUpkeep()
  await expect.element(page.getByText(/delete the old path and the check/)).toBeVisible()
  await expect
    .element(page.getByRole('link', { name: 'new-receipt' }))
    .toHaveAttribute('href', expect.stringContaining('staging/flags/new-receipt'))
})

test('copies from another environment only after showing the difference', async () => {
  const sent: { etag: string | null; body: unknown }[] = []
  worker.use(
    http.get(`${AT}/difference`, ({ request }) => {
      const from = new URL(request.url).searchParams.get('from')
      return HttpResponse.json({ from, etag: '"v7"', sentence: '', difference: from === 'staging' ? difference : [] })
    }),
    http.post(`${AT}/copy`, async ({ request }) => {
      sent.push({ etag: request.headers.get('if-match'), body: await request.json() })
      return HttpResponse.json(configuration({ version: 8 }))
    }),
  )
  const { changed } = await drawUpkeep()
  await page.getByRole('button', { name: 'Copy from an environment' }).click()
  const copy = page.getByRole('button', { name: 'Copy to production' })
  await expect.element(copy).toBeDisabled()
  const choice = page.getByLabelText('Serve what is served in')
  await choice.selectOptions('development')
  await expect.element(page.getByText('production serves the same as development already.')).toBeVisible()
  await choice.selectOptions('staging')
  await expect.element(page.getByRole('cell', { name: '50 %' })).toBeVisible()
  await page.getByRole('textbox', { name: /^Why/ }).fill('tested')
  await copy.click()
  await expect.poll(changed).toBe(1)
  expect(sent).toEqual([{ etag: '"v7"', body: { from: 'staging', reason: 'tested' } }])
})

test('a clone that is refused says why and keeps what was typed', async () => {
  worker.use(http.post(`${FLAG}/clone`, () => refusal(409, 'KEY_TAKEN', 'There is a flag "taken" already.')))
  await drawUpkeep()
  await page.getByRole('button', { name: 'Clone' }).first().click()
  await page.getByLabelText('Key').fill('taken')
  await page.inDialog().getByRole('button', { name: 'Clone' }).click()
  await expect.element(page.getByRole('alert').getByText('There is a flag "taken" already.').first()).toBeVisible()
  await expect.element(page.getByLabelText('Key')).toHaveValue('taken')
})
