// From an empty installation to a kill by the one who is on call, with a phone in the hand and no right but that.
import { expect, type Page, test } from '@playwright/test'
import { type Running, startService, startShop, visitCheckout } from './processes.ts'

const PASSWORD = 'correct horse battery'
const FLAG = 'new-checkout'
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

let service: Running
let shop: Running

test.beforeAll(async () => {
  service = await startService({ adminToken: '' })
})

test.afterAll(async () => {
  await shop?.stop()
  await service?.stop()
})

test('set up, invite, and a kill from a phone by somebody who may do nothing else', async ({ page, browser }) => {
  await test.step('the link that the start printed makes the first account', async () => {
    const [link = ''] = /http:\/\/\S+\/set-up#\S+/.exec(service.output()) ?? []
    await page.goto(link)
    await page.getByLabel('E-mail address').fill('ada@example.com')
    await join(page, 'Ada')
    await expect(page.getByRole('button', { name: 'Account of Ada' })).toBeVisible()
    await page.goto(link)
    await page.getByLabel('E-mail address').fill('eve@example.com')
    await join(page, 'Eve')
    await expect(page.getByText(/This set-up link was used/)).toBeVisible()
  })

  await test.step('a key, a shop, a flag that everybody has', async () => {
    await page.goto(service.url)
    await page
      .getByRole('button', { name: /New flag/ })
      .first()
      .click()
    await page.getByLabel('Key', { exact: true }).fill(FLAG)
    await page.getByRole('button', { name: 'Create' }).click()
    await expect(page.getByRole('heading', { name: FLAG })).toBeVisible()
    await page.getByLabel('Exact share in percent').fill('100')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByLabel('Application').fill('shop')
    await page.getByRole('button', { name: 'Create key' }).click()
    const key = await page.locator('new-key-notice code.key').textContent()
    shop = await startShop(service.url, key ?? '')
    await expect.poll(async () => (await visitCheckout(shop.url, 20)).filter(Boolean).length).toBe(20)
  })

  let invitation = ''
  await test.step('an operator is invited', async () => {
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByLabel('E-mail address').fill('grace@example.com')
    await page.getByLabel('Role', { exact: true }).selectOption('operator')
    await page.getByRole('button', { name: 'Invite' }).click()
    invitation = (await page.locator('secret-notice code').textContent()) ?? ''
    expect(invitation).toContain('/invitation#rpi_')
  })

  const phone = await (await browser.newContext(PHONE)).newPage()
  await test.step('she joins on her phone, and may not ramp', async () => {
    await phone.goto(invitation)
    await expect(phone.getByText('Ada invited grace@example.com as an operator.')).toBeVisible()
    await join(phone, 'Grace')
    await expect(phone.getByRole('button', { name: 'Account of Grace' })).toBeVisible()
    await phone.goto(`${service.url}/flags/${FLAG}`)
    await expect(phone.getByText(/You can look, and kill or restore it\..*This needs the role editor/)).toBeVisible()
    await expect(phone.getByLabel('Exact share in percent')).toHaveCount(0)
    expect(await visitCheckout(shop.url, 20)).not.toContain(false)
  })

  await test.step('she kills it, in production, with a reason', async () => {
    await phone.getByRole('button', { name: 'Kill', exact: true }).first().click()
    const dialog = phone.getByRole('dialog')
    await expect(dialog).toContainText('production')
    await phone.keyboard.type('payments failing')
    await dialog.getByRole('button', { name: 'Kill', exact: true }).click()
    await expect(dialog.getByText(/confirmed by 1/i)).toBeVisible()
    expect(await visitCheckout(shop.url, 20)).not.toContain(true)
  })

  await test.step('the history names her; once removed she is out', async () => {
    await page.goto(`${service.url}/flags/${FLAG}`)
    await expect(page.getByText(/Grace/).first()).toBeVisible()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByRole('button', { name: 'Remove Grace' }).click()
    await page.locator('wa-dialog[open]').getByRole('button', { name: 'Remove Grace' }).click()
    await expect(page.getByText('grace@example.com')).toBeHidden()
    await expect
      .poll(async () => phone.evaluate(() => fetch('/api/v1/session').then(({ status }) => status)), { timeout: 5_000 })
      .toBe(401)
    await phone.reload()
    await expect(phone.getByLabel('Password')).toBeVisible()
  })
})

async function join(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The password again').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
}
