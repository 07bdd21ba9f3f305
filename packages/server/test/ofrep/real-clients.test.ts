import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { OpenFeature, ProviderStatus } from '@openfeature/server-sdk'
import { OpenFeature as WebOpenFeature, type Provider, ProviderEvents } from '@openfeature/web-sdk'
import { EventSource } from 'eventsource'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, configurationPath, createSdkKey, FLAGS, ramp } from '../delivery/given.ts'
import { startTestServer, type TestServer } from '../harness.ts'

describe("OpenFeature's own clients (Postgres only)", () => {
  let server: TestServer
  let serverKey: string
  let clientKey: string
  beforeAll(async () => {
    server = await startTestServer()
    serverKey = (await createSdkKey(server)).key
    clientKey = (await createSdkKey(server, 'production', 'client')).key
    await call(server, 'POST', FLAGS, { key: 'new-checkout', clientVisible: true })
    await call(server, 'POST', FLAGS, {
      key: 'page-size',
      type: 'number',
      clientVisible: true,
      variants: [
        { name: 'small', value: 20 },
        { name: 'large', value: 50.5 },
      ],
    })
    await ramp(server, 'new-checkout', 100_000)
  })
  afterAll(() => server?.close())

  it('on a server: values, reasons, error codes and the default where there is no answer', async () => {
    const provider = new OFREPProvider({ baseUrl: server.url, headers: [['Authorization', `Bearer ${serverKey}`]] })
    await OpenFeature.setProviderAndWait(provider)
    const client = OpenFeature.getClient()
    expect(client.providerStatus).toBe(ProviderStatus.READY)
    const ann = { targetingKey: 'ann', plan: 'pro' }
    await expect.poll(() => client.getBooleanValue('new-checkout', false, ann)).toBe(true)
    expect(await client.getBooleanDetails('new-checkout', false, ann)).toMatchObject({
      value: true,
      variant: 'on',
      reason: 'SPLIT',
    })
    expect(await client.getNumberDetails('page-size', 7, ann)).toMatchObject({ value: 20, variant: 'small' })
    expect(await client.getStringDetails('page-size', 'x', ann)).toMatchObject({
      value: 'x',
      errorCode: 'TYPE_MISMATCH',
    })
    expect(await client.getBooleanDetails('nobody', true, ann)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    })
    await ramp(server, 'new-checkout', 50_000)
    await expect
      .poll(async () => (await client.getBooleanDetails('new-checkout', true, {})).errorCode)
      .toBe('TARGETING_KEY_MISSING')
    await OpenFeature.close()
  })

  it('in a browser: follows the event stream, and a kill reaches it at once', async () => {
    await ramp(server, 'new-checkout', 100_000)
    Object.assign(globalThis, { EventSource })
    const provider = new OFREPWebProvider({
      baseUrl: server.url,
      headers: [['Authorization', `Bearer ${clientKey}`]],
      cacheMode: 'disabled',
    })
    await WebOpenFeature.setContext({ targetingKey: 'ann' })
    await expect.poll(async () => (await evaluate('new-checkout')).value).toBe(true)
    // Their types are written without exact optional properties.
    await WebOpenFeature.setProviderAndWait(provider as Provider)
    const client = WebOpenFeature.getClient()
    expect(client.getBooleanDetails('new-checkout', false)).toMatchObject({ value: true, variant: 'on' })
    expect(client.getNumberValue('page-size', 0)).toBe(20)

    // The provider connects by itself, and says so to nobody but the service.
    await expect.poll(async () => /^rampart_streams (\d+)$/m.exec(await metrics())?.[1]).toBe('1')
    const changed = new Promise((resolve) => client.addHandler(ProviderEvents.ConfigurationChanged, resolve))
    await call(server, 'POST', `${configurationPath('new-checkout')}/kill`, { reason: 'errors' })
    await changed
    expect(client.getBooleanDetails('new-checkout', true)).toMatchObject({ value: false, reason: 'DISABLED' })
    await WebOpenFeature.close()
  })

  async function evaluate(flag: string): Promise<{ value?: unknown }> {
    const response = await fetch(`${server.url}/ofrep/v1/evaluate/flags/${flag}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': clientKey },
      body: '{"context":{"targetingKey":"ann"}}',
    })
    return (await response.json()) as { value?: unknown }
  }

  async function metrics(): Promise<string> {
    return (await fetch(`${server.url}/metrics`)).text()
  }

  it('its stream ends with its key, and its address stands for nothing else', async () => {
    const { id, key } = await createSdkKey(server, 'production', 'client')
    const bulk = (await (
      await fetch(`${server.url}/ofrep/v1/evaluate/flags`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: '{"context":{}}',
      })
    ).json()) as { eventStreams: { endpoint: { requestUri: string } }[] }
    const address = server.url + (bulk.eventStreams[0]?.endpoint.requestUri ?? '')
    expect(address).not.toContain(key)
    const stream = await fetch(address)
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.headers.get('access-control-allow-origin')).toBe('*')
    const ended = stream.text()
    const path = '/api/v1/projects/default/environments/production/sdk-keys'
    expect((await server.api('DELETE', `${path}/${id}`)).ok).toBe(true)
    await ended
    await expect.poll(async () => (await fetch(address)).status, { timeout: 10_000 }).toBe(401)
    expect((await fetch(`${address}x`)).status).toBe(401)
  })
})
