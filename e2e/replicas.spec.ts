// Two server processes over one Postgres behave as one: the browser talks to one, the shop listens to the other.
import { expect, test } from '@playwright/test'
import { startPostgres } from '../packages/server/test/databases.ts'
import { pressKill } from './press-kill.ts'
import { ADMIN_TOKEN, callApi, type Running, startService, startShop, visitCheckout } from './processes.ts'

const FLAG = 'new-checkout'
const stops: (() => Promise<void>)[] = []

test.afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

test('a kill through one replica reaches the SDKs of the other', async ({ page }) => {
  const postgres = await startPostgres()
  stops.push(postgres.stop)
  const started = async (databaseUrl: string): Promise<Running> => {
    const service = await startService({ databaseUrl })
    stops.push(() => service.stop())
    return service
  }
  // Together, because two first starts of one version is what a deployment does: one migrates, the other waits.
  const [near, far] = await Promise.all([started(`${postgres.url}/postgres`), started(`${postgres.url}/postgres`)])

  await callApi(near.url, 'POST', '/flags', { key: FLAG, name: 'One-page checkout' })
  const { key } = await callApi<{ key: string }>(far.url, 'POST', '/environments/production/sdk-keys', {
    kind: 'server',
    name: 'shop',
  })
  const shop = await startShop(far.url, key)
  stops.push(() => shop.stop())

  await page.goto(near.url)
  await page.getByRole('button', { name: 'Sign in with an API token' }).click()
  await page.getByLabel('API token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Flags' })).toBeVisible()
  await page.goto(`${near.url}/flags/${FLAG}`)

  await page.getByLabel('Exact share in percent').fill('50')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(async () => (await visitCheckout(shop.url, 100)).filter(Boolean).length).toBeGreaterThan(30)

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Kill', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  const sentAt = await pressKill(page, dialog)
  await expect.poll(async () => (await visitCheckout(shop.url, 50)).includes(true), { intervals: [20] }).toBe(false)
  expect(Date.now() - sentAt).toBeLessThan(1_000)
  await expect(dialog.getByText(/confirmed by 1/i)).toBeVisible({ timeout: 2_000 })

  // The replica that the shop is connected to is gone for good: what it knows stays, and stays killed.
  await far.stop('SIGKILL')
  expect(await visitCheckout(shop.url, 100)).not.toContain(true)
})
