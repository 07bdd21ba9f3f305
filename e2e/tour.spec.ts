// The README's tour with a real browser, a real service and a real shop, each a process of its own.
import { expect, type Page, test } from '@playwright/test'
import { pressKill } from './press-kill.ts'
import { ADMIN_TOKEN, callApi, type Running, startService, startShop, visitCheckout } from './processes.ts'

const USERS = 1_000
const FLAG = 'new-checkout'

let service: Running
let shop: Running

test.beforeAll(async () => {
  service = await startService()
  const { key } = await callApi<{ key: string }>(service.url, 'POST', '/environments/production/sdk-keys', {
    kind: 'server',
    name: 'shop',
  })
  shop = await startShop(service.url, key)
})

test.afterAll(async () => {
  await shop?.stop()
  await service?.stop()
})

test('a flag ships dark, is ramped, watched and killed', async ({ page }) => {
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(service.url) && !request.url().startsWith('data:')) foreign.push(request.url())
  })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))

  await test.step('sign in', async () => {
    await page.goto(service.url)
    await page.getByRole('button', { name: 'Sign in with an API token' }).click()
    await page.getByLabel('API token').fill(ADMIN_TOKEN)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Flags' })).toBeVisible()
  })

  await test.step('create the flag: it is off, nobody sees it', async () => {
    await page
      .getByRole('button', { name: /New flag/ })
      .first()
      .click()
    await page.getByLabel('Key', { exact: true }).fill(FLAG)
    await page.getByRole('button', { name: 'Create' }).click()
    await expect(page.getByRole('heading', { name: FLAG })).toBeVisible()
    expect(await visitCheckout(shop.url, USERS)).not.toContain(true)
  })

  let atFive: boolean[] = []
  await test.step('ramp to 5 %', async () => {
    await ramp(page, '5')
    await expect.poll(async () => (await visitCheckout(shop.url, USERS)).filter(Boolean).length).toBeGreaterThan(0)
    atFive = await visitCheckout(shop.url, USERS)
    expect(atFive.filter(Boolean).length / USERS).toBeGreaterThan(0.03)
    expect(atFive.filter(Boolean).length / USERS).toBeLessThan(0.07)
  })

  await test.step('ramp to 25 %: the same people stay in', async () => {
    await ramp(page, '25')
    await expect
      .poll(async () => (await visitCheckout(shop.url, USERS)).filter(Boolean).length)
      .toBeGreaterThan(atFive.filter(Boolean).length)
    const atTwentyFive = await visitCheckout(shop.url, USERS)
    expect(atTwentyFive.filter(Boolean).length / USERS).toBeGreaterThan(0.2)
    expect(atTwentyFive.filter(Boolean).length / USERS).toBeLessThan(0.3)
    const lost = atFive.filter((wasIn, user) => wasIn && !atTwentyFive[user])
    expect(lost).toHaveLength(0)
  })

  await test.step('the exposure graph has moved', async () => {
    // The shop sends its counters every ten seconds; the page asks again by itself.
    await expect(page.getByText(/[1-9][\d  ]* evaluations/).first()).toBeVisible({ timeout: 60_000 })
    await expect
      .poll(async () => {
        const { series } = await callApi<{ series: { variant: string; counts: number[] }[] }>(
          service.url,
          'GET',
          `/flags/${FLAG}/environments/production/exposures`,
        )
        return series.find(({ variant }) => variant === 'on')?.counts.reduce((sum, count) => sum + count, 0) ?? 0
      })
      .toBeGreaterThan(0)
  })

  await test.step('kill: the other process has it within a second, and the screen says so', async () => {
    await page.getByRole('button', { name: 'Kill', exact: true }).first().click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(FLAG)
    await expect(dialog).toContainText('production')
    await page.keyboard.type('payments failing')
    const sentAt = await pressKill(page, dialog)
    await expect.poll(async () => (await visitCheckout(shop.url, 50)).includes(true), { intervals: [20] }).toBe(false)
    expect(Date.now() - sentAt).toBeLessThan(1_000)
    await expect(dialog.getByText(/confirmed by 1/i)).toBeVisible({ timeout: 2_000 })
    expect(await visitCheckout(shop.url, USERS)).not.toContain(true)
  })

  await test.step('restore, and the same people have it back', async () => {
    await page.getByRole('dialog').getByRole('button', { name: /^Undo/ }).click()
    await expect.poll(async () => (await visitCheckout(shop.url, USERS)).filter(Boolean).length).toBeGreaterThan(100)
    const restored = await visitCheckout(shop.url, USERS)
    expect(atFive.filter((wasIn, user) => wasIn && !restored[user])).toHaveLength(0)
  })

  expect(foreign, 'requests that left the service').toEqual([])
  expect(complaints, 'errors in the console of the browser').toEqual([])
})

async function ramp(page: Page, percent: string): Promise<void> {
  const exact = page.getByLabel('Exact share in percent')
  await exact.fill(percent)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText(new RegExp(`${percent} % of users`)).first()).toBeVisible()
}
