// From a service that nobody has an account on to a kill by the person on call, on the screen that she holds.
import { type Browser, expect, type Page, test } from '@playwright/test'
import { type Running, startService, startShop, visitCheckout } from './processes.ts'

const FLAG = 'new-checkout'
const PASSWORD = 'correct horse battery staple'
const USERS = 200
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

let service: Running
let shop: Running | undefined

test.beforeAll(async () => {
  service = await startService({ adminToken: '' })
})

test.afterAll(async () => {
  await shop?.stop()
  await service?.stop()
})

test('set-up, an operator invited, and her kill, on a phone', async ({ browser }) => {
  const admin = await onPhone(browser)

  await test.step('the link that the start prints makes the first account', async () => {
    const link = /\S+\/set-up#\S+/.exec(service.output())?.[0] ?? ''
    await admin.goto(link)
    await admin.getByLabel('Your name').fill('Ada Lovelace')
    await admin.getByLabel('E-mail address').fill('ada@example.com')
    await choosePassword(admin)
    await expect(admin.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  })

  await test.step('a flag for half of the users, and a shop that asks for it', async () => {
    await goTo(admin, 'Flags')
    await admin
      .getByRole('button', { name: /New flag/ })
      .first()
      .tap()
    await admin.getByLabel('Key', { exact: true }).fill(FLAG)
    await admin.getByRole('button', { name: 'Create flag' }).tap()
    await admin.getByLabel('Exact share in percent').fill('50')
    await admin.getByRole('button', { name: 'Save', exact: true }).tap()
    await expect(admin.getByText(/50 % of users/).first()).toBeVisible()
    await goTo(admin, 'Settings')
    await admin.getByLabel('Application').fill('shop')
    await admin.getByRole('button', { name: 'Create key' }).tap()
    const key = await admin
      .getByText(/^rps_\w+/)
      .first()
      .textContent()
    shop = await startShop(service.url, key?.trim() ?? '')
    expect(await visitCheckout(shop.url, USERS)).toContain(true)
  })

  const operator = await onPhone(browser)
  await test.step('the admin invites an operator, who joins by the link', async () => {
    await admin.getByRole('link', { name: 'Members' }).tap()
    await admin.getByLabel('E-mail address').fill('grace@example.com')
    await admin.getByLabel('Role', { exact: true }).selectOption('operator')
    await admin.getByRole('button', { name: 'Invite' }).tap()
    const link = await admin.getByText(/\/invitation#/).textContent()
    await operator.goto(link?.trim() ?? '')
    await expect(operator.getByText(/invited grace@example.com as an operator/)).toBeVisible()
    await operator.getByLabel('Your name').fill('Grace Hopper')
    await choosePassword(operator)
    await expect(operator.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  })

  await test.step('she signs out, and in again with her password', async () => {
    await operator.getByRole('button', { name: /Account of Grace/ }).tap()
    await operator.getByRole('button', { name: 'Sign out' }).tap()
    await operator.getByLabel('E-mail address').fill('grace@example.com')
    await operator.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await operator.getByRole('button', { name: 'Sign in', exact: true }).tap()
    await expect(operator.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  })

  await test.step('from Changes she comes to the flag and kills it; the shop confirms', async () => {
    await goTo(operator, 'Changes')
    await operator.getByRole('link', { name: FLAG }).first().tap()
    await operator.getByRole('button', { name: 'Kill', exact: true }).tap()
    const dialog = operator.getByRole('dialog')
    await expect(dialog).toContainText('production')
    await operator.keyboard.type('payments failing')
    await dialog.getByRole('button', { name: 'Kill', exact: true }).tap()
    await expect(dialog.getByText(/confirmed by 1/i)).toBeVisible()
    await expect.poll(async () => (await visitCheckout(shop?.url ?? '', USERS)).includes(true)).toBe(false)
  })

  await test.step('the admin’s phone says who did it, and why', async () => {
    await goTo(admin, 'Changes')
    await expect(
      admin
        .getByText(/Grace Hopper\s+killed/)
        .filter({ visible: true })
        .first(),
    ).toBeVisible()
    await expect(
      admin
        .getByText(/payments failing/)
        .filter({ visible: true })
        .first(),
    ).toBeVisible()
  })

  for (const page of [admin, operator]) await expect.poll(() => overflow(page)).toBe(0)
})

async function onPhone(browser: Browser): Promise<Page> {
  return (await browser.newContext(PHONE)).newPage()
}

async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The password again').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).tap()
}

async function goTo(page: Page, room: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: room }).tap()
}

/** How many pixels the page is wider than the screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
