// A small shop whose new checkout hides behind a flag. What an application needs of Rampart is the three lines
// marked below; everything else is an ordinary Hono application.
import { serve } from '@hono/node-server'
import { createClient } from '@rampart/sdk'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { newCheckoutPage, oldCheckoutPage, productPage } from './pages.ts'

const { RAMPART_URL = 'http://127.0.0.1:4400', RAMPART_SDK_KEY, PORT = '4500', SHOP_NAME = 'shop-1' } = process.env
if (!RAMPART_SDK_KEY) {
  console.error('RAMPART_SDK_KEY is not set. Create a server key under Settings in the console and pass it here.')
  process.exit(2)
}

const flags = createClient({ url: RAMPART_URL, sdkKey: RAMPART_SDK_KEY, name: SHOP_NAME }) // (1)
await flags.ready({ timeoutMs: 3_000 }) // (2) optional: without it the first requests get the defaults

const shop = new Hono<{ Variables: { user: string } }>()

// Everybody has an id, visitors too: it is what puts them in a bucket, so it must outlive the page.
shop.use(async (c, next) => {
  let user = getCookie(c, 'shop_user')
  if (!user) {
    user = crypto.randomUUID()
    setCookie(c, 'shop_user', user, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 60 * 60 * 24 * 365 })
  }
  c.set('user', user)
  await next()
})

shop.get('/', (c) => c.html(productPage()))

shop.get('/checkout', (c) => {
  const useNewCheckout = flags.isEnabled('new-checkout', c.get('user')) // (3)
  c.header('X-Checkout', useNewCheckout ? 'new' : 'old')
  return c.html(useNewCheckout ? newCheckoutPage() : oldCheckoutPage())
})

shop.get('/health', (c) => c.json(flags.status()))

const server = serve({ fetch: shop.fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`${SHOP_NAME} is open on http://127.0.0.1:${port}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close()
    await flags.close() // sends the last counters
    process.exit(0)
  })
}
