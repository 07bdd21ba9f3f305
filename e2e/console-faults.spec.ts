// What a browser must survive: text that wants to be more, a session that ends, pages kept in memory, no network. And
// what the console weighs, and whom it talks to.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { ADMIN_TOKEN, callApi, type Running, startService } from './processes.ts'

const EVIL = '<img src=x onerror="document.title=\'taken over\'">'
const PAGE = '/p/default/production/flags'
const BUNDLE_BUDGET = 180_000

let service: Running

test.beforeAll(async () => {
  service = await startService()
  await callApi(service.url, 'POST', '/flags', {
    key: 'evil',
    name: `${EVIL} \u202Egnp.exe`,
    description: '[free money](javascript:alert(1)) javascript:alert(1) <a href="javascript:alert(1)">here</a>',
    owner: '</span></td><script>document.title="taken over"</script>',
    tags: ['</style><style>*{display:none}', '*{color:red}'],
  })
  await callApi(service.url, 'POST', '/flags', { key: 'new-checkout', name: 'One-page checkout' })
})

test.afterAll(() => service?.stop())

async function signIn(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(service.url)
  await page.getByRole('button', { name: 'Sign in with an API token' }).click()
  await page.getByLabel('API token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  return page
}

test('names, links, tags and turned text are text', async ({ context }) => {
  const page = await signIn(context)
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(service.url)) foreign.push(request.url())
  })
  for (const path of [PAGE, `${PAGE}/evil`, '/p/default/production/changes']) {
    await page.goto(service.url + path)
    await expect(page.getByText('evil', { exact: true }).filter({ visible: true }).first()).toBeVisible()
    expect(await everywhere(page, 'img, script:not([src]), a[href^="javascript:" i]'), path).toBe(0)
    expect(await page.title()).not.toContain('taken over')
  }
  await page.goto(`${service.url}${PAGE}/evil`)
  await expect(page.getByText(EVIL, { exact: false }).first()).toBeVisible()
  await expect(page.getByText('*{display:none}').first()).toBeVisible()
  // What stands after the name on its line is not turned with it.
  const isolated = await page.evaluate(() => {
    const header = deep(document, 'flag-header')
    const name = header?.shadowRoot?.querySelector('bdi')
    return name ? getComputedStyle(name).unicodeBidi : ''
    function deep(root: Document | ShadowRoot, selector: string): Element | null {
      const found = root.querySelector(selector)
      if (found) return found
      for (const element of root.querySelectorAll('*')) {
        const inside = element.shadowRoot && deep(element.shadowRoot, selector)
        if (inside) return inside
      }
      return null
    }
  })
  expect(isolated).toBe('isolate')
  expect(foreign).toEqual([])
})

test('a session that ends in mid-edit asks to sign in again and keeps what was typed', async ({ context }) => {
  const page = await signIn(context)
  await page.goto(`${service.url}${PAGE}/new-checkout`)
  await page.getByLabel('Exact share in percent').fill('12.5')
  await page.getByLabel('Why (goes to the history)').first().fill('half an hour of thought')
  await context.clearCookies()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const again = page.getByRole('dialog', { name: 'Sign in again' })
  await expect(again).toBeVisible()
  await again.getByRole('button', { name: 'Sign in with an API token' }).click()
  await again.getByLabel('API token').fill(ADMIN_TOKEN)
  await again.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(again).toBeHidden()
  await expect(page.getByLabel('Exact share in percent')).toHaveValue('12.5')
  await expect(page.getByLabel('Why (goes to the history)').first()).toHaveValue('half an hour of thought')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText(/12.5 % of users/).first()).toBeVisible()
})

test('after signing out, the back button and pages kept in memory show nothing', async ({ context }) => {
  const page = await signIn(context)
  await page.goto(`${service.url}${PAGE}/new-checkout`)
  await expect(page.getByRole('heading', { name: 'new-checkout' })).toBeVisible()
  await page.goto(`${service.url}${PAGE}`)
  const other = await context.newPage()
  await other.goto(`${service.url}${PAGE}`)
  await other.getByRole('button', { name: /^Account of/ }).click()
  await other.getByRole('button', { name: 'Sign out' }).click()
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await other.goBack()
  await expect(other.getByText('new-checkout')).toHaveCount(0)
  // As a browser tells a page that it brings back from its memory.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByText('new-checkout')).toHaveCount(0)
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByText('new-checkout')).toHaveCount(0)
})

test('a form of another site changes nothing', async ({ context }) => {
  await signIn(context)
  const response = await context.request.post(
    `${service.url}/api/v1/projects/default/flags/new-checkout/environments/production/kill`,
    {
      headers: { origin: 'https://elsewhere.example' },
      form: { reason: 'forged' },
    },
  )
  expect(response.status()).toBeGreaterThanOrEqual(400)
  const { killed } = await callApi<{ killed: boolean }>(
    service.url,
    'GET',
    '/flags/new-checkout/environments/production/kill',
  )
  expect(killed).toBe(false)
})

test('a kill without a network is NOT applied within 3 s, with the commands that work elsewhere', async ({
  context,
}) => {
  const page = await signIn(context)
  await page.goto(`${service.url}${PAGE}/new-checkout`)
  await page.getByRole('button', { name: 'Kill', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await context.setOffline(true)
  const start = Date.now()
  await dialog.getByRole('button', { name: 'Kill', exact: true }).click()
  await expect(dialog.getByText('NOT applied.')).toBeVisible({ timeout: 5_000 })
  expect(Date.now() - start).toBeLessThan(3_500)
  await expect(dialog.getByText(/curl -X POST .*new-checkout.*\/kill/)).toBeVisible()
  await expect(dialog.getByText(/rampart\/cli kill new-checkout/)).toBeVisible()
  await context.setOffline(false)
})

test('the whole console weighs less than 180 kB as it is sent', async ({ context }) => {
  const folder = join(import.meta.dirname, '../packages/admin-ui/dist/assets')
  const files = (await readdir(folder)).filter((file) => !file.endsWith('.br'))
  const weights = await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(join(folder, file))
      // Fonts are packed by themselves.
      return [file, file.endsWith('.woff2') ? bytes.length : brotliCompressSync(bytes).length] as const
    }),
  )
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  expect(total, JSON.stringify(weights)).toBeLessThan(BUNDLE_BUDGET)
  // And that is what goes over the wire.
  const script = files.find((file) => file.endsWith('.js'))
  const sent = await context.request.get(`${service.url}/assets/${script}`, { headers: { 'accept-encoding': 'br' } })
  expect(sent.headers()['content-encoding']).toBe('br')
})

/** How many elements match, in every shadow root there is. */
function everywhere(page: Page, selector: string): Promise<number> {
  return page.evaluate((wanted) => {
    const count = (root: Document | ShadowRoot): number =>
      [...root.querySelectorAll('*')].reduce(
        (sum, { shadowRoot }) => sum + (shadowRoot ? count(shadowRoot) : 0),
        root.querySelectorAll(wanted).length,
      )
    return count(document)
  }, selector)
}
