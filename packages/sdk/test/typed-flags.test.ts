// What a compiler that knows the flags accepts, and what it refuses: `tsc -b` reads this file too, and complains about an
// expected error that does not come.
import { Hono } from 'hono'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createBrowserClient, type TypedBrowserClient } from '../src/browser/index.ts'
import type { TypedEdgeClient } from '../src/edge/index.ts'
import { type AnyClient, type Client, createClient, type TypedClient } from '../src/index.ts'
import { withSpans } from '../src/opentelemetry/index.ts'
import { type FlagsEnv, flags as honoFlags } from '../src/middleware/hono.ts'
import { withFlags, type WithFlags } from '../src/middleware/node.ts'
import type { RequestClient, RequestFlags } from '../src/middleware/request-flags.ts'
import { createTestClient, type TestClient } from '../src/testing/index.ts'

type Flags = {
  'new-checkout': { value: boolean; variant: 'on' | 'off' }
  'page-size': { value: 20 | 50; variant: 'small' | 'large' }
  theme: { value: 'dark' | 'light'; variant: 'night' | 'day' }
  limits: { value: { perDay: number; burst?: number }; variant: 'free' | 'paid' }
}

const declared = { 'new-checkout': true, 'page-size': 50, theme: 'dark', limits: { perDay: 3 } } as const
const client = createTestClient<Flags>(declared)

describe('a client that knows its flags', () => {
  test('answers in the types of the flags', () => {
    expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
    const size = client.value('page-size', 'ann', 20)
    expectTypeOf(size).toEqualTypeOf<20 | 50>()
    expect(size).toBe(50)
    expectTypeOf(client.value('page-size', 'ann', Number('25'))).toEqualTypeOf<number>()
    expectTypeOf(client.value('theme', 'ann', 'none')).toEqualTypeOf<'dark' | 'light' | 'none'>()
    expectTypeOf(client.value('theme', 'ann', null)).toEqualTypeOf<'dark' | 'light' | null>()
    expectTypeOf(client.value('new-checkout', 'ann', false)).toEqualTypeOf<boolean>()
    expect(client.value('limits', 'ann', { perDay: 1 }).burst ?? 'none').toBe('none')
    expectTypeOf(client.variant('theme', 'ann')).toEqualTypeOf<'night' | 'day' | undefined>()
    expectTypeOf(client.variant('theme', 'ann', 'day')).toEqualTypeOf<'night' | 'day'>()
    expectTypeOf(client.allFlags('ann').theme).toEqualTypeOf<'dark' | 'light' | undefined>()
  })

  test('does not compile for a wrong key', () => {
    // @ts-expect-error no such flag
    expect(client.isEnabled('new-chekout', 'ann')).toBe(false)
    // @ts-expect-error no such flag
    expect(client.value('page-sise', 'ann', 20)).toBe(20)
    // @ts-expect-error no such flag
    expect(client.variant('themes', 'ann')).toBe(undefined)
    // @ts-expect-error no such flag
    expect(client.explain('themes', 'ann').errorCode).toBe('FLAG_NOT_FOUND')
    // @ts-expect-error no such flag
    expect(client.dark('themes', 'ann', { live: () => 1, dark: () => 1 })).toBe(1)
    // @ts-expect-error no such flag
    client.set('themes', 'dark')
  })

  test('does not compile for a wrong type', () => {
    // @ts-expect-error a number, not a text
    expect(client.value('page-size', 'ann', 'text')).toBe('text')
    // @ts-expect-error a text, not a number
    expect(client.value('theme', 'ann', 7)).toBe(7)
    // @ts-expect-error an object with perDay
    client.value('limits', 'ann', { perWeek: 7 })
    // @ts-expect-error the value is a text
    expectTypeOf<number>(client.value('theme', 'ann', 'dark'))
    // @ts-expect-error no variant is called so
    expect(client.variant('theme', 'ann') === 'nihgt').toBe(false)
    // @ts-expect-error a number, not a truth
    client.set('page-size', true)
  })

  test('is known behind the middleware', async () => {
    const user = () => 'ann'
    const app = new Hono<FlagsEnv<Flags>>()
    app.use(honoFlags(client, { user }))
    app.get('/', (c) => {
      expectTypeOf(c.get('flags').value('theme', 'dark')).toEqualTypeOf<'dark' | 'light'>()
      // @ts-expect-error no such flag
      return c.text(String(c.get('flags').isEnabled('new-chekout')))
    })
    expect(await (await app.request('/')).text()).toBe('false')
    withFlags(client, { user }, (request, response) => {
      expectTypeOf(request.flags.value('page-size', 20)).toEqualTypeOf<20 | 50>()
      // @ts-expect-error a number, not a text
      response.end(request.flags.value('page-size', 'text'))
    })
    withFlags(createTestClient(), { user }, (request) => request.flags.isEnabled('anything'))
    expectTypeOf<WithFlags>().toEqualTypeOf<{ flags: RequestFlags }>()
  })

  test('goes into accessors, middleware and providers', () => {
    expectTypeOf<TypedClient<Flags>>().toExtend<AnyClient>()
    expectTypeOf<TypedEdgeClient<Flags>>().toExtend<AnyClient>()
    expectTypeOf<Client>().toExtend<AnyClient>()
    expectTypeOf<TypedClient<Flags>>().toExtend<RequestClient>()
    expectTypeOf(withSpans(client)).toEqualTypeOf<TypedClient<Flags>>()
    expectTypeOf(createBrowserClient<Flags>).returns.toEqualTypeOf<TypedBrowserClient<Flags>>()
    expectTypeOf(createClient<Flags>).returns.toEqualTypeOf<TypedClient<Flags>>()
    // @ts-expect-error every flag says what its values and variants are
    expectTypeOf(createClient<{ theme: 'dark' }>)
  })
})

test('a client that knows nothing takes any key', () => {
  expectTypeOf<ReturnType<typeof createClient>>().toEqualTypeOf<Client>()
  expectTypeOf<ReturnType<typeof createTestClient>>().toEqualTypeOf<TestClient>()
  expectTypeOf(createClient).returns.toEqualTypeOf<Client>()
  const client = createTestClient({ anything: 'goes' })
  expectTypeOf(client).toEqualTypeOf<TestClient>()
  expectTypeOf(client.value('anything', 'ann', '')).toEqualTypeOf<string>()
  expect(client.value('anything', 'ann', '')).toBe('goes')
})
