import { sql } from 'drizzle-orm'
import type { Db } from '../../src/db/store.ts'
import type { RampState } from '../../src/ramps/ramp-states.ts'

const FLAGS = '/api/v1/projects/default/flags'
export type Json = Record<string, unknown>

/** Requests of an app, or of a server. */
export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Response | Promise<Response>

export const STEPS = [
  { weight: 5_000, soakSeconds: 60 },
  { weight: 25_000, soak: '10m' },
  { weight: 50_000, soak: '1h', approval: true },
  { weight: 100_000 },
]

/** One flag and its ramp in production, through the API. */
export interface GivenRamp {
  key: string
  path: string
  /** Posts to `.../ramp/<what>`, or plans with ''. The answer with its status. */
  post(what: string, body?: unknown): Promise<Json & { status: number }>
  read(): Promise<Json>
  configuration(): Promise<Json>
  kill(what: 'kill' | 'restore'): Promise<void>
  /** Sentences of the history, newest first, with how they came. */
  history(): Promise<{ sentence: string; via: string; by: string }[]>
}

export async function givenFlag(api: Api, key: string): Promise<GivenRamp> {
  await api('POST', FLAGS, { key })
  const path = `${FLAGS}/${key}/environments/production`
  const json = async (method: string, at: string, body?: unknown) => {
    const response = await api(method, at, body)
    return { status: response.status, ...((await response.json()) as Json) }
  }
  return {
    key,
    path,
    post: (what, body = {}) => json('POST', `${path}/ramp${what === '' ? '' : `/${what}`}`, body),
    read: () => json('GET', `${path}/ramp`),
    configuration: () => json('GET', path),
    async kill(what) {
      await api('POST', `${path}/${what}`)
    },
    async history() {
      const { entries } = (await json('GET', `/api/v1/projects/default/audit?flag=${key}&limit=100`)) as {
        entries?: { sentence: string; via: string; actor: { name: string } }[]
      }
      return (entries ?? []).map(({ sentence, via, actor }) => ({ sentence, via, by: actor.name }))
    },
  }
}

/** Lets time pass for the ramp of a flag, and for nothing else: whatever it waits for comes sooner. */
export async function letPass(db: Db, key: string, seconds: number): Promise<void> {
  const by = sql`make_interval(secs => ${seconds})`
  await db.execute(
    sql`update ramps set soaking_since = soaking_since - ${by}, due_at = due_at - ${by}
        where flag_id = (select id from flags where key = ${key})`,
  )
}

/** Brings a fresh ramp into a state, the way people do. */
export async function bringTo(ramp: GivenRamp, state: RampState, finish: () => Promise<void>): Promise<void> {
  const ways: Record<RampState, string[]> = {
    draft: [''],
    running: ['', 'start', 'advance'],
    holding: ['', 'start', 'advance', 'pause'],
    rolled_back: ['', 'start', 'advance', 'rollback'],
    completed: ['', 'start'],
    cancelled: ['', 'start', 'cancel'],
  }
  for (const what of ways[state]) {
    const answer = await ramp.post(what, what === '' ? { steps: STEPS } : {})
    if (answer.status >= 300) throw new Error(`${what}: ${JSON.stringify(answer)}`)
  }
  if (state === 'completed') {
    await ramp.post('advance', { weight: 100_000 })
    await finish()
  }
}
