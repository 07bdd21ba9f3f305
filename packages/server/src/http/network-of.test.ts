import { Hono } from 'hono'
import { expect, it } from 'vitest'
import type { AppEnv } from './app-env.ts'
import { addressOf, networkOf } from './network-of.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::1', '2001:db8:1:2'],
  ['2001:0db8:0001:0002:0000:0000:0000:0001', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['unknown', 'unknown'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it.each<[string, number, string | undefined, string]>([
  ['without a proxy nobody else is believed', 0, '203.0.113.9', '192.0.2.7'],
  ['behind one, what it saw', 1, '203.0.113.9', '203.0.113.9'],
  ['behind one, never what the caller wrote before it', 1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['behind two, what the outer one saw', 2, '198.51.100.1, 203.0.113.9, 10.0.0.1', '203.0.113.9'],
  ['behind one that says nothing, its own', 1, undefined, '192.0.2.7'],
])('the address of a request: %s', async (_name, proxies, forwarded, address) => {
  const app = new Hono<AppEnv>().get('/', (c) => c.text(addressOf(c, proxies)))
  const socket = { remoteAddress: '::ffff:192.0.2.7' }
  const answer = await app.request(
    '/',
    { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
    { incoming: { socket } },
  )
  expect(await answer.text()).toBe(address)
})
