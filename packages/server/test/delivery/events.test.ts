import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness.ts'
import { call, configurationPath, createFlag, eventually } from './given.ts'
import { openSse } from './sse-client.ts'

describe('GET /api/v1/projects/:project/events (Postgres only)', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    await createFlag(server, 'first')
  })
  afterAll(() => server?.close())

  it('tells a screen which flags changed, and where', async () => {
    const client = await openSse(`${server.url}/api/v1/projects/default/events`, server.token)
    await client.untilText(': hb')
    const { revision } = await call(server, 'POST', `${configurationPath('first', 'staging')}/kill`, {})
    // The flag's creation may still be on its way.
    const change = await eventually(
      () => client.until('change'),
      ({ data }) => data['revision'] === revision,
    )
    expect(change.data).toEqual({ environment: 'staging', revision, flags: ['first'] })
    client.close()
  })

  it('takes a session as well as a token', async () => {
    const signIn = await server.api('POST', '/api/v1/session', { token: server.token })
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const response = await fetch(`${server.url}/api/v1/projects/default/events`, { headers: { cookie } })
    expect(response.status).toBe(200)
    await response.body?.cancel()
  })

  it('refuses strangers and unknown projects', async () => {
    expect((await fetch(`${server.url}/api/v1/projects/default/events`)).status).toBe(401)
    expect((await server.api('GET', '/api/v1/projects/nowhere/events')).status).toBe(404)
  })
})

describe('health and metrics (Postgres only)', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server?.close())

  it('is live and ready, and names the promise of its storage', async () => {
    expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: 'live' })
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({
      status: 'ready',
      problems: [],
      storage: { kind: 'postgres', promise: expect.any(String) },
      streams: 0,
    })
  })

  it('shows Prometheus what it serves', async () => {
    await createFlag(server, 'measured')
    const response = await fetch(`${server.url}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const read = async () => (await fetch(`${server.url}/metrics`)).text()
    // The flag is acknowledged when it is committed; its patch goes out a moment later.
    await expect.poll(read).toMatch(/^rampart_events_sent_total\{event="patch"\} 0$/m)
    const text = await read()
    expect(text).toMatch(/^rampart_environment_revision\{project="default",environment="production"\} \d+$/m)
    expect(text).toMatch(/^rampart_streams 0$/m)
    // What an on-call person needs: is the database there, how far behind are we, does anything pile up, is it slow.
    expect(text).toMatch(/^rampart_database_up 1$/m)
    expect(text).toMatch(/^rampart_problems 0$/m)
    expect(text).toMatch(/^rampart_environment_revisions_behind\{project="default",environment="production"\} 0$/m)
    for (const queue of ['receipts', 'telemetry', 'events']) {
      expect(text).toMatch(new RegExp(`^rampart_queue_depth\\{queue="${queue}"\\} 0$`, 'm'))
    }
    for (const name of [
      'rampart_fan_out_seconds_count{event="patch"}',
      'rampart_refresh_seconds_count',
      'rampart_database_poll_seconds_count',
      'rampart_api_request_seconds_count{action="change",outcome="2xx"}',
      'rampart_kill_receipts_total',
      'rampart_telemetry_commit_seconds_count',
      'rampart_snapshot_requests_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'process_open_fds',
    ]) {
      expect(text).toContain(name)
    }
  })
})
