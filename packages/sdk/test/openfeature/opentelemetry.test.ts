import { OpenFeature } from '@openfeature/server-sdk'
import { SpanEventHook } from '@openfeature/open-telemetry-hooks'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../src/index.ts'
import { RampartProvider } from '../../src/openfeature/server.ts'
import { withSpans } from '../../src/opentelemetry/index.ts'
import { flagOf } from '../fake-service.ts'

const bootstrap = {
  epoch: 'E',
  revision: 7,
  project: 'shop',
  environment: 'production',
  flags: [flagOf('new-checkout')],
  segments: [],
}
const options = { url: 'http://127.0.0.1:9', sdkKey: 'rps_spans', bootstrap, onWarning: () => {} }

const exporter = new InMemorySpanExporter()
const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

beforeAll(() => tracing.register())
afterAll(async () => {
  await OpenFeature.close()
  await tracing.shutdown()
})

/** The events on the span around this work. */
async function eventsOf(work: () => unknown) {
  exporter.reset()
  await trace.getTracer('test').startActiveSpan('request', async (span) => {
    await work()
    span.end()
  })
  return exporter.getFinishedSpans()[0]?.events.map(({ name, attributes }) => ({ name, attributes }))
}

test('the plain client leaves what it answered on the span of the request', async () => {
  const client = withSpans(createClient(options))
  expect(await eventsOf(() => client.isEnabled('new-checkout', 'ann'))).toEqual([
    {
      name: 'feature_flag.evaluation',
      attributes: {
        'feature_flag.key': 'new-checkout',
        'feature_flag.provider.name': 'rampart',
        'feature_flag.result.reason': expect.stringMatching(/^[a-z_]+$/),
        'feature_flag.result.variant': 'on',
        'feature_flag.set.id': 'shop/production',
        'feature_flag.version': '7',
      },
    },
  ])
  const [unknown] = (await eventsOf(() => client.value('typo', 'ann', 1))) ?? []
  expect(unknown?.attributes).toMatchObject({ 'error.type': 'flag_not_found', 'feature_flag.key': 'typo' })
  const named = withSpans(createClient(options), { withUser: true })
  const events = await eventsOf(() => named.variant('new-checkout', { targetingKey: 'ann' }))
  expect(events?.at(-1)?.attributes).toMatchObject({ 'feature_flag.context.id': 'ann' })
})

test('outside of a span it is the client that it was', () => {
  const client = withSpans(createClient(options))
  expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
  expect(client.status().source).toBe('bootstrap')
})

test("OpenFeature's own hook finds in our provider all that the conventions ask for", async () => {
  await OpenFeature.setProviderAndWait('spans', new RampartProvider({ ...options, readyTimeoutMs: 10 }))
  const client = OpenFeature.getClient('spans')
  client.addHooks(new SpanEventHook())
  const events = await eventsOf(() => client.getBooleanValue('new-checkout', false, { targetingKey: 'ann' }))
  expect(events).toHaveLength(1)
  expect(events?.[0]?.attributes).toMatchObject({
    'feature_flag.key': 'new-checkout',
    'feature_flag.provider.name': 'rampart',
    'feature_flag.result.variant': 'on',
    'feature_flag.set.id': 'shop/production',
    'feature_flag.version': '7',
  })
})
