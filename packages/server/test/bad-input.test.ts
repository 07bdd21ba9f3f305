import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
const production = `${flags}/checkout/environments/production`
const rollout = (weight: unknown, split: unknown = [{ variant: 'on', weight: 100_000 }]) => ({
  defaultServe: { rollout: { weight, split } },
})
const rule = (conditions: unknown[], more = {}) => ({ rules: [{ conditions, serve: { variant: 'on' }, ...more }] })

interface Refusal {
  error: { code: string; message: string; details?: unknown; requestId: string }
}

const nested = (depth: number) => `{"key":"deep","description":${'['.repeat(depth)}${']'.repeat(depth)}}`

describeOnBothStores('bad input', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
    await app.api('POST', flags, { key: 'checkout' })
    await app.api('POST', flags, { key: 'old-one' })
    await app.api('POST', `${flags}/old-one/archive`)
  })
  afterAll(() => app?.close())

  /** The refusal in short. Its body must name the request it belongs to. */
  async function refusalOf(response: Response) {
    const { error } = (await response.json()) as Refusal
    if (error.requestId !== response.headers.get('x-request-id')) throw new Error('The refusal names another request.')
    return { status: response.status, code: error.code, message: error.message }
  }

  describe('when a flag is created', () => {
    it.each<[string, unknown, number, string, RegExp]>([
      ['no key', {}, 400, 'INVALID_INPUT', /^key: /],
      ['an empty key', { key: '' }, 400, 'INVALID_INPUT', /1 to 128 letters/],
      ['a key with a space', { key: 'new checkout' }, 400, 'INVALID_INPUT', /letters, digits, dots/],
      ['a key with a slash', { key: '../etc' }, 400, 'INVALID_INPUT', /begins with a letter or digit/],
      ['a key of 129 characters', { key: 'a'.repeat(129) }, 400, 'INVALID_INPUT', /1 to 128/],
      ['a key that is not text', { key: 7 }, 400, 'INVALID_INPUT', /^key: .*string/],
      ['a key JavaScript owns', { key: 'constructor' }, 400, 'INVALID_INPUT', /reserved/],
      ['a key in use', { key: 'checkout' }, 409, 'KEY_TAKEN', /Choose another key/],
      ['an archived key', { key: 'old-one' }, 409, 'KEY_ARCHIVED', /never used again/],
      [
        'an unknown field',
        { key: 'a', colour: 1 },
        400,
        'INVALID_INPUT',
        /^colour: .*not known.*Known here: key, type/,
      ],
      ['an unknown type', { key: 'a', type: 'toggle' }, 400, 'INVALID_INPUT', /^type: /],
      ['a text flag without variants', { key: 'a', type: 'string' }, 400, 'INVALID_INPUT', /needs its variants/],
      [
        'a value of another type',
        { key: 'a', variants: [{ name: 'on', value: 1 }] },
        400,
        'INVALID_INPUT',
        /must be true or false/,
      ],
      [
        'two variants of one name',
        {
          key: 'a',
          type: 'number',
          variants: [
            { name: 'x', value: 1 },
            { name: 'x', value: 2 },
          ],
        },
        400,
        'INVALID_INPUT',
        /named "x" too/,
      ],
      ['an unknown off variant', { key: 'a', offVariant: 'none' }, 400, 'INVALID_INPUT', /no variant "none"/],
      [
        'a value above 64 kB',
        { key: 'a', type: 'string', variants: [{ name: 'x', value: 'v'.repeat(70_000) }] },
        422,
        'LIMIT_EXCEEDED',
        /the most is 65536/,
      ],
      [
        'a value nested too deep',
        { key: 'a', type: 'object', variants: [{ name: 'x', value: [[[[[[[1]]]]]]] }] },
        422,
        'LIMIT_EXCEEDED',
        /Levels.*the most is 6/,
      ],
      ['a NUL character', '{"key":"a","name":"\\u0000"}', 400, 'INVALID_INPUT', /NUL/],
      ['half a surrogate pair', '{"key":"a","name":"\\ud800"}', 400, 'INVALID_INPUT', /surrogate/],
      [
        'a number too large to write back',
        '{"key":"a","type":"number","variants":[{"name":"x","value":1e999}]}',
        400,
        'INVALID_INPUT',
        /must be a number/,
      ],
      ['a list', [], 400, 'INVALID_INPUT', /object/],
      ['null', 'null', 400, 'INVALID_INPUT', /object/],
      ['broken JSON', '{"key": ', 400, 'INVALID_INPUT', /not valid JSON/],
      ['nothing', '', 400, 'INVALID_INPUT', /^key: /],
      ['a field given twice', '{"key":"a","key":"b"}', 400, 'INVALID_INPUT', /given twice/],
      ['__proto__', '{"key":"a","__proto__":{"kind":"ops"}}', 400, 'INVALID_INPUT', /__proto__/],
      ['__proto__ written with an escape', '{"key":"a","\\u005f_proto__":{}}', 400, 'INVALID_INPUT', /__proto__/],
      ['nesting of 33', nested(33), 400, 'INVALID_INPUT', /nested deeper than 32/],
      ['nesting of 10 000', nested(10_000), 400, 'INVALID_INPUT', /nested deeper than 32/],
      ['nesting of 200 000', nested(200_000), 400, 'INVALID_INPUT', /nested deeper than 32/],
      ['a body above 1 MB', { key: 'a', description: 'x'.repeat(1_100_000) }, 413, 'BODY_TOO_LARGE', /1024 kB/],
    ])('refuses %s', async (_name, body, status, code, message) => {
      expect(await refusalOf(await app.api('POST', flags, body))).toEqual({
        status: status,
        code: code,
        message: expect.stringMatching(message),
      })
    })

    it('refuses 30 MB while reading, when no length was announced', async () => {
      let sent = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1
          if (sent > 30) controller.close()
          else controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
        },
      })
      const headers = { authorization: `Bearer ${app.token}`, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
      expect(await refusalOf(await app.request(flags, init))).toEqual({
        status: 413,
        code: 'BODY_TOO_LARGE',
        message: expect.stringMatching(/1024 kB/),
      })
      expect(sent).toBeLessThan(6)
    })

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonish'])('refuses %s', async (type) => {
      const response = await app.api('POST', flags, { key: 'a' }, { 'content-type': type })
      expect(await refusalOf(response)).toEqual({
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: expect.stringMatching(/Content-Type: application\/json/),
      })
    })

    it('refuses compressed bodies', async () => {
      const response = await app.api('POST', flags, { key: 'a' }, { 'content-encoding': 'gzip' })
      expect(await refusalOf(response)).toEqual({
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: expect.stringMatching(/Content-Encoding/),
      })
    })
  })

  describe('when a configuration is edited', () => {
    it.each<[string, unknown, RegExp]>([
      ['an unknown field', { state: 'on' }, /^state: .*Known here: on, offVariant/],
      ['on as text', { on: 'yes' }, /^on: /],
      ['on taken away', { on: null }, /^on: /],
      ['a weight above all', rollout(100_001), /25 % is 25000/],
      ['a weight below nobody', rollout(-1), /from 0 to 100000/],
      ['a percentage with a fraction', rollout(12.5), /25 % is 25000/],
      ['a percentage as text', rollout('5 %'), /25 % is 25000/],
      [
        'weights that do not sum',
        rollout(0, [{ variant: 'on', weight: 60_000 }]),
        /must sum to 100000; these sum to 60000/,
      ],
      [
        'a variant twice in a split',
        rollout(0, [
          { variant: 'on', weight: 50_000 },
          { variant: 'on', weight: 50_000 },
        ]),
        /each variant once/,
      ],
      [
        'an unknown variant in a split',
        rollout(0, [{ variant: 'blue', weight: 100_000 }]),
        /no variant "blue". This flag has: on, off/,
      ],
      ['an empty split', rollout(0, []), /^defaultServe.rollout.split: /],
      ['an unknown off variant', { offVariant: 'blue' }, /^offVariant: There is no variant "blue"/],
      ['variant and rollout at once', { defaultServe: { variant: 'on' } }, /either one variant or a rollout/],
      ['neither variant nor rollout', { defaultServe: { rollout: null } }, /either one variant or a rollout/],
      [
        'an unknown field in a rollout',
        { defaultServe: { rollout: { percentage: 5 } } },
        /^defaultServe.rollout.percentage: .*Known here: bucketBy/,
      ],
      [
        'an unknown operator',
        rule([{ op: 'almost', attribute: 'country', values: ['CH'] }]),
        /operator is not known. Known are: in, contains/,
      ],
      ['a condition without attribute', rule([{ op: 'in', values: ['CH'] }]), /which attribute/],
      ['a segment that does not exist', rule([{ op: 'segment', values: ['beta'] }]), /Segment "beta" does not exist/],
      [
        'a rule with an unknown variant',
        { rules: [{ conditions: [], serve: { variant: 'blue' } }] },
        /^rules\[0\].serve.variant: /,
      ],
      [
        'two rules of one id',
        { rules: [0, 1].map(() => ({ id: 'a', conditions: [], serve: { variant: 'on' } })) },
        /id "a" too/,
      ],
      ['rules as an object', { rules: { 0: {} } }, /^rules: /],
      [
        'a person targeted twice',
        {
          targets: [
            { variant: 'on', keys: ['u1'] },
            { variant: 'off', keys: ['u1'] },
          ],
        },
        /"u1" is listed twice/,
      ],
      [
        'a number where text belongs',
        rule([{ op: 'contains', attribute: 'mail', values: [5] }]),
        /SDKs could not read this/,
      ],
    ])('refuses %s', async (_name, body, message) => {
      const response = await app.api('PATCH', production, body, { 'if-match': '"v1"' })
      expect(await refusalOf(response)).toEqual({
        status: 400,
        code: 'INVALID_INPUT',
        message: expect.stringMatching(message),
      })
    })

    it('refuses an edit that does not say from which version', async () => {
      expect(await refusalOf(await app.api('PATCH', production, { on: true }))).toEqual({
        status: 428,
        code: 'PRECONDITION_REQUIRED',
        message: expect.stringMatching(/If-Match: "v7"/),
      })
    })

    it.each(['v1', '7', 'W/"v1"', '*', '"abc"'])('refuses If-Match: %s', async (header) => {
      const response = await app.api('PATCH', production, { on: true }, { 'if-match': header })
      expect(await refusalOf(response)).toEqual({
        status: 400,
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/If-Match: "v7"/),
      })
    })

    it('refuses a flag above 256 kB', async () => {
      const keys = Array.from({ length: 9000 }, (_, index) => `${index}`.padStart(30, 'u'))
      const response = await app.api(
        'PATCH',
        production,
        { targets: [{ variant: 'on', keys }] },
        { 'if-match': '"v1"' },
      )
      expect(await refusalOf(response)).toEqual({
        status: 422,
        code: 'LIMIT_EXCEEDED',
        message: expect.stringMatching(/the most is 262144/),
      })
    })

    it('has written nothing of all that', async () => {
      expect(await (await app.api('GET', production)).json()).toMatchObject({ version: 1, on: false })
    })
  })

  it.each<[string, string, string, unknown]>([
    ['an unknown project', 'GET', '/api/v1/projects/none/flags', undefined],
    ['an unknown flag', 'GET', `${flags}/none`, undefined],
    ['an unknown environment', 'GET', `${flags}/checkout/environments/none`, undefined],
    ['a kill of an unknown flag', 'POST', `${flags}/none/environments/production/kill`, {}],
    ['an unknown path', 'GET', '/api/v1/nothing/here', undefined],
    ['an unknown method', 'PUT', `${flags}/checkout`, {}],
  ])('says that there is no such thing: %s', async (_name, method, path, body) => {
    expect(await refusalOf(await app.api(method, path, body))).toEqual({
      status: 404,
      code: 'NOT_FOUND',
      message: expect.stringMatching(/./),
    })
  })
})
