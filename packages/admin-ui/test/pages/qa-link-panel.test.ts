import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/qa-link-panel.ts'
import type { QaLinkPanel } from '../../src/pages/qa-link-panel.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { flag } from '../fixtures.ts'
import { AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const sent: unknown[] = []
const answer = { flag: 'new-checkout', variant: 'on', environment: 'production', expiresAt: '2026-12-01T09:30:00.000Z' }

beforeEach(() => {
  sent.length = 0
  localStorage.clear()
  worker.use(
    http.post(`${AT}/qa-links`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ ...answer, token: 'eyJm.c2ln' }, { status: 201 })
    }),
  )
})

async function openPanel(): Promise<QaLinkPanel> {
  const panel = await draw<QaLinkPanel>(html`<qa-link-panel .flag=${flag()} .offVariant=${'off'}></qa-link-panel>`)
  panel.open()
  return panel
}
const make = page.getByRole('button', { name: 'Make the link' })

test('accessible, before and after', async () => {
  await openPanel()
  expect(await accessibilityFindings()).toEqual([])
  await make.click()
  await expect.element(page.getByRole('button', { name: 'Copy the link' })).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('puts the token into the address, keeps what stands there, and remembers it', async () => {
  await openPanel()
  await expect.element(page.getByLabelText('Variant')).toHaveValue('on')
  await page.getByLabelText('Good for').selectOptions('a week')
  await page.getByLabelText('Page of your application').fill('https://shop.example.com/checkout?size=1#pay')
  await make.click()
  await expect.element(page.getByText('https://shop.example.com/checkout?size=1&rampart=eyJm.c2ln#pay')).toBeVisible()
  expect(sent).toEqual([{ variant: 'on', expiresInSeconds: 604_800 }])

  document.body.replaceChildren()
  await openPanel()
  await expect
    .element(page.getByLabelText('Page of your application'))
    .toHaveValue('https://shop.example.com/checkout?size=1#pay')
})

test('does without an address, and says what is wrong with one', async () => {
  await openPanel()
  await page.getByLabelText('Page of your application').fill('shop.example.com')
  await make.click()
  await expect.element(page.getByText(/Write the whole address/)).toBeVisible()
  expect(sent).toEqual([])
  await page.getByLabelText('Page of your application').fill('')
  await make.click()
  await expect.element(page.getByText('?rampart=eyJm.c2ln')).toBeVisible()
})

test('says why it was refused, and keeps what was typed', async () => {
  worker.use(http.post(`${AT}/qa-links`, () => refusal(403, 'FORBIDDEN', 'This needs the production right.')))
  await openPanel()
  await page.getByLabelText('Page of your application').fill('https://shop.example.com/')
  await make.click()
  await expect.element(page.getByRole('alert')).toHaveTextContent('This needs the production right.')
  await expect.element(page.getByLabelText('Page of your application')).toHaveValue('https://shop.example.com/')
})
