import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/flag-triggers.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const TRIGGERS = `${AT}/triggers`
const trigger = (more: object = {}) => ({
  id: 't1',
  name: 'PaymentErrors',
  action: 'kill',
  prefix: 'rpk_abcd',
  createdAt: '2026-11-20T10:00:00Z',
  createdBy: 'Ann',
  expiresAt: '2099-11-20T10:00:00Z',
  lastUsedAt: null,
  lastOutcome: null,
  ...more,
})

const drawTriggers = () => draw(html`<flag-triggers .flagKey=${'new-checkout'}></flag-triggers>`)

test('accessible, with an address on screen', async () => {
  worker.use(
    http.post(TRIGGERS, () => HttpResponse.json({ ...trigger(), path: '/triggers/v1/rpk_secret' }, { status: 201 })),
    http.get(TRIGGERS, () => HttpResponse.json({ triggers: [trigger()] })),
  )
  await drawTriggers()
  await page.getByLabelText('Alert').fill('PaymentErrors')
  await page.getByRole('button', { name: 'Make a trigger' }).click()
  await expect.element(page.getByText(/\/triggers\/v1\/rpk_secret$/)).toBeVisible()
  await expect.element(page.getByText('This address is shown once.')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('says what came of the last use, and which do nothing any more', async () => {
  const used = { lastUsedAt: '2026-11-24T03:00:00Z', lastOutcome: 'killed by PaymentErrors (Alertmanager)' }
  const triggers = [
    trigger(used),
    trigger({ id: 't2', name: 'Slow' }),
    trigger({ id: 't3', name: 'Old', expiresAt: '2020-01-01T00:00:00Z' }),
  ]
  worker.use(http.get(TRIGGERS, () => HttpResponse.json({ triggers })))
  await drawTriggers()
  await expect.element(page.getByText(/killed by PaymentErrors \(Alertmanager\)/)).toBeVisible()
  await expect.element(page.getByText(/never used: send a test alert/).first()).toBeVisible()
  await expect.element(page.getByText(/expired .*: it does nothing/)).toBeVisible()
})

test('revokes by name, and says why it could not', async () => {
  const revoked: string[] = []
  worker.use(
    http.get(TRIGGERS, () => HttpResponse.json({ triggers: revoked.length > 1 ? [] : [trigger()] })),
    http.delete(`${TRIGGERS}/:id`, ({ params }) => {
      revoked.push(String(params['id']))
      return revoked.length === 1
        ? refusal(503, 'UNAVAILABLE', 'NOT applied: the database does not answer. Try again.')
        : new HttpResponse(null, { status: 204 })
    }),
  )
  await drawTriggers()
  const revoke = page.getByRole('button', { name: 'Revoke PaymentErrors' })
  await revoke.click()
  await expect.element(page.getByRole('alert')).toMatchTextContent(/NOT applied/)
  await revoke.click()
  await expect.element(revoke).not.toBeInTheDocument()
  expect(revoked).toEqual(['t1', 't1'])
})
