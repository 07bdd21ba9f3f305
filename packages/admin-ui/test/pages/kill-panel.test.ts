import { html } from 'lit'
import { delay, http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/pages/kill-panel.ts'
import type { KillPanel } from '../../src/pages/kill-panel.ts'
import type { KillRequest } from '../../src/state/kill-request.ts'
import { draw, accessibilityFindings } from '../draw.ts'
import { receipt } from '../fixtures.ts'
import { AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const REQUEST: KillRequest = {
  action: 'kill',
  flag: 'new-checkout',
  environment: 'production',
  offVariant: 'off',
  namedIds: 3,
}

const dialog = page.getByRole('dialog', { name: 'Kill new-checkout in production' })

async function ask(request = REQUEST) {
  const panel = await draw<KillPanel>(html`<kill-panel></kill-panel>`)
  await panel.ask(request)
}

test('accessible, before and after', async () => {
  worker.use(http.post(`${AT}/kill`, () => HttpResponse.json(receipt())))
  await ask()
  expect(await accessibilityFindings()).toEqual([])
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByText(/Applied/)).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('names flag, environment and consequence; Enter in the reason kills; then it counts', async () => {
  const reasons: unknown[] = []
  let confirmed = 0
  worker.use(
    http.post(`${AT}/kill`, async ({ request }) => {
      reasons.push(await request.json())
      return HttpResponse.json(receipt())
    }),
    http.get(`${AT}/kill`, () => {
      confirmed = Math.min(12, confirmed + 6)
      return HttpResponse.json(receipt({ delivery: { ...receipt().delivery, confirmed, confirmedMs: 90 } }))
    }),
  )
  await ask()
  await expect.element(dialog).toMatchTextContent(/Everyone gets off within about a second, also the 3 ids/)
  await userEvent.keyboard('payments failing{Enter}')
  await expect.element(page.getByText('Sent to 12 streams in 41 ms, confirmed by 12')).toBeVisible()
  // A second Enter of an excited hand neither closes the receipt nor kills again.
  await userEvent.keyboard('{Enter}')
  await expect.element(dialog).toBeVisible()
  expect(reasons).toEqual([{ reason: 'payments failing' }])
})

test('who lags is named', async () => {
  const lagging = [{ instance: 'shop-7', sdk: 'rampart-node/0.1.0', reason: 'stream lost 40 s ago' }]
  const silent = [
    { replica: 'flags-2-ab12', streams: 4000, seenS: 40 },
    { replica: 'flags-3-cd34', streams: 2, seenS: 1 },
  ]
  const delivery = { ...receipt().delivery, confirmed: 11, lagging, unconfirmable: 3, silent }
  worker.use(
    http.post(`${AT}/kill`, () => HttpResponse.json(receipt({ delivery }))),
    http.get(`${AT}/kill`, () => HttpResponse.json(receipt({ delivery }))),
  )
  await ask()
  await page.getByRole('button', { name: 'Kill', exact: true }).click()
  await expect.element(page.getByText('1 lags')).toBeVisible()
  await expect.element(page.getByText(/shop-7 .*stream lost 40 s ago/)).toBeVisible()
  await expect.element(page.getByText('3 clients cannot confirm')).toBeVisible()
  await expect.element(page.getByText(/flags-2-ab12 was last heard of 40 s ago/)).toBeVisible()
  expect(page.getByText(/flags-3-cd34/).elements()).toEqual([])
})

test('no answer within three seconds is NOT applied, with a command that works from elsewhere', async () => {
  worker.use(
    http.post(`${AT}/kill`, async () => {
      await delay(4_000)
      return HttpResponse.json(receipt())
    }),
  )
  await ask()
  const start = performance.now()
  await page.getByRole('button', { name: 'Kill', exact: true }).click()
  await expect.element(page.getByText('NOT applied.'), { timeout: 5_000 }).toBeVisible()
  expect(performance.now() - start).toBeLessThan(4_500)
  const curl = page.getByLabelText('Command with curl')
  await expect.element(curl).toMatchTextContent(/curl -X POST '.*new-checkout.*\/kill'/)
  const cli = page.getByLabelText('Command with npx')
  await expect
    .element(cli)
    .toMatchTextContent(/rampart\/cli kill new-checkout --project shop --environment production --url http/)
  expect(await accessibilityFindings()).toEqual([])
})

test('a refusal is said, and the same dialog tries again', async () => {
  worker.use(
    http.post(`${AT}/kill`, () => refusal(503, 'UNAVAILABLE', 'The database cannot be reached.'), { once: true }),
    http.post(`${AT}/kill`, () => HttpResponse.json(receipt())),
  )
  await ask()
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByText(/The database cannot be reached/)).toBeVisible()
  await page.getByRole('button', { name: 'Kill again' }).click()
  await expect.element(page.getByText(/Applied/)).toBeVisible()
})

test('undo restores', async () => {
  worker.use(
    http.post(`${AT}/kill`, () => HttpResponse.json(receipt())),
    http.post(`${AT}/restore`, () => HttpResponse.json(receipt({ killed: false }))),
  )
  await ask()
  await userEvent.keyboard('{Enter}')
  await page.getByRole('button', { name: /^Undo/ }).click()
  await expect.element(page.getByRole('heading', { name: 'Restored new-checkout in production' })).toBeVisible()
})

test('Esc leaves and nothing was sent', async () => {
  let sent = 0
  worker.use(
    http.post(`${AT}/kill`, () => {
      sent++
      return HttpResponse.json(receipt())
    }),
  )
  await ask()
  await userEvent.keyboard('{Escape}')
  await expect.element(dialog).not.toBeInTheDocument()
  expect(sent).toBe(0)
})
