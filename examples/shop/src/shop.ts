// A small shop whose new checkout hides behind a flag. What an application needs of Rampart is the three lines
// marked below; everything else is an ordinary Hono application.
import { serve } from '@hono/node-server'
import { createClient } from '@rampart/sdk'
import { flags, type FlagsEnv } from '@rampart/sdk/hono'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { newCheckoutPage, oldCheckoutPage, productPage } from './pages.ts'

const { RAMPART_URL = 'http://127.0.0.1:4400', RAMPART_SDK_KEY, PORT = '4500', SHOP_NAME = 'shop-1' } = process.env
if (!RAMPART_SDK_KEY) {
  console.error('RAMPART_SDK_KEY is not set. Create a server key under Settings in the console and pass it here.')
  process.exit(2)
}

const client = createClient({ url: RAMPART_URL, sdkKey: RAMPART_SDK_KEY, name: SHOP_NAME }) // (1)
await client.ready({ timeoutMs: 3_000 }) // optional: without it the first requests get the defaults

const shop = new Hono<FlagsEnv & { Variables: { user: string } }>()

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

shop.use(flags(client, { user: (c) => c.get('user') })) // (2) one answer per request; errors and times per variant

shop.get('/', (c) => c.html(productPage()))

shop.get('/checkout', (c) => {
  const useNewCheckout = c.get('flags').isEnabled('new-checkout') // (3)
  c.header('X-Checkout', useNewCheckout ? 'new' : 'old')
  return c.html(useNewCheckout ? newCheckoutPage() : oldCheckoutPage())
})

shop.get('/health', (c) => c.json(client.status()))

const server = serve({ fetch: shop.fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`${SHOP_NAME} is open on http://127.0.0.1:${port}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close()
    await client.close() // sends the last counters
    process.exit(0)
  })
}
