// A ramp as somebody runs it from a flag's page: planned, watched, paused and resumed, stopped by a kill, and finished.
import { expect, type Locator, type Page, test } from '@playwright/test'
import { ADMIN_TOKEN, callApi, type Running, startService, startShop, visitCheckout } from './processes.ts'

const FLAG = 'new-checkout'
const USERS = 200
/** Long enough to be paused within, short enough to be waited for. */
const SOAK_SECONDS = 8

let service: Running
let shop: Running | undefined

test.beforeAll(async () => {
  service = await startService()
  await callApi(service.url, 'POST', '/flags', { key: FLAG, name: 'One-page checkout' })
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

test('a ramp by plan is started, paused, killed, restored and finished', async ({ page }) => {
  const ramp = page.locator('ramp-progress')
  const press = (name: string) => ramp.getByRole('button', { name, exact: true }).click()

  await test.step('sign in, and write the plan on the page of the flag', async () => {
    await page.goto(service.url)
    await page.getByRole('button', { name: 'Sign in with an API token' }).click()
    await page.getByLabel('API token').fill(ADMIN_TOKEN)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Flags' })).toBeVisible()
    await page.goto(`${service.url}/p/default/production/flags/${FLAG}`)
    await page.getByRole('button', { name: 'Plan a ramp' }).click()
    await page.getByLabel('Shares in percent').fill('1, 50, 100')
    await page.getByLabel('Unit of the wait').selectOption('seconds')
    await page.getByLabel('Wait at each for').fill(String(SOAK_SECONDS))
    await page.getByRole('button', { name: 'Plan and start' }).click()
  })

  await test.step('it runs at its first step, and tells the next one and when', async () => {
    await expect(word(ramp)).toHaveText('running at 1 %')
    await expect(ramp.getByText(/50 %/).first()).toBeVisible()
    await expect(ramp.getByRole('progressbar', { name: 'Soak of 1 %' })).toBeVisible()
  })

  await test.step('paused it stays, and says who held it; resumed it goes on to 50 %', async () => {
    await press('Pause')
    await expect(word(ramp)).toHaveText('held at 1 %')
    await press('Resume')
    await expect(word(ramp)).toHaveText('running at 1 %')
    await expect(word(ramp)).toHaveText('running at 50 %', { timeout: 60_000 })
    await expect.poll(() => exposed()).toBeGreaterThan(USERS * 0.3)
  })

  await test.step('a kill holds it: nobody has it, and nothing offers to go on', async () => {
    await page.getByRole('button', { name: 'Kill', exact: true }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Kill', exact: true }).click()
    await expect(dialog.getByText(/confirmed by 1/i)).toBeVisible()
    await expect.poll(() => exposed()).toBe(0)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(word(ramp)).toHaveText('held at 50 %')
    await expect(ramp.getByRole('button', { name: 'Resume', exact: true })).toHaveCount(0)
  })

  await test.step('restored it serves what it served, and waits for a person', async () => {
    await restore(page)
    await expect.poll(() => exposed()).toBeGreaterThan(USERS * 0.3)
    await expect(ramp.getByRole('button', { name: 'Resume', exact: true })).toBeVisible()
    await expect(word(ramp)).toHaveText('held at 50 %')
    const { state } = await callApi<{ state: string }>(
      service.url,
      'GET',
      `/flags/${FLAG}/environments/production/ramp`,
    )
    expect(state).toBe('holding')
  })

  await test.step('resumed it finishes: everybody has it, and the ramp is over', async () => {
    await press('Resume')
    await expect.poll(() => exposed(), { timeout: 60_000 }).toBe(USERS)
    await expect(page.locator('flag-header .state')).toHaveText('In production, everyone gets on.')
    await expect(ramp).toHaveCount(0, { timeout: 60_000 })
    await expect(page.getByRole('button', { name: 'Plan a ramp' })).toBeVisible()
  })
})

/** Where the ramp is, in the corner of its card. */
function word(ramp: Locator): Locator {
  return ramp.locator('header strong')
}

async function restore(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Restore', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
  await expect(dialog.getByText(/restored/i).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}

/** How many users the shop shows it to. */
async function exposed(): Promise<number> {
  return (await visitCheckout(shop?.url ?? '', USERS)).filter(Boolean).length
}
