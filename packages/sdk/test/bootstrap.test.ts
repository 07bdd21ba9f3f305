// What an application was shipped with. Of each flag only the head is read at first: the first answer must not wait for the
// rest, and what is behind a head may be anything.
import type { FlagDocument, Snapshot } from '@rampart/evaluation'
import { expect, test } from 'vitest'
import { EPOCH, eventually, flagOf, snapshotText, useFakeService } from './fake-service.ts'

const service = useFakeService()
const away = () => new Response(null, { status: 503 })

const deep = JSON.parse(`${'['.repeat(100)}1${']'.repeat(100)}`)
const flags: FlagDocument[] = [
  flagOf('good'),
  flagOf('killed', { killed: true, killRevision: 3 }),
  flagOf('deep', { type: 'object', variants: [{ name: 'off', value: deep }] }),
  { ...flagOf('odd'), variants: 'none' } as unknown as FlagDocument,
  flagOf('last', { prerequisites: [{ flag: 'good', variants: ['on'] }] }),
]
const content = { epoch: EPOCH, revision: 7, flags, segments: [] }
const snapshot: Snapshot = { ...content, project: 'p', environment: 'e' }
const inAnotherOrder = (text: string) =>
  text.replaceAll(/"flag":\{("key":"[^"]+"),("revision":\d+)/g, (_, key, revision) => `"flag":{${revision},${key}`)

test.each([
  ['an object', snapshot],
  ['text as the service writes it', snapshotText(content)],
  ['text that somebody else has written', inAnotherOrder(snapshotText(content))],
])('%s: a bad flag takes no other with it', async (_, bootstrap) => {
  service.onSnapshot = away
  const client = service.client({ bootstrap })
  expect(client.isEnabled('deep', 'ann', true)).toBe(true)
  expect(client.isEnabled('good', 'ann')).toBe(true)
  expect(client.isEnabled('killed', 'ann', true)).toBe(false)
  expect(client.explain('odd', 'ann')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' })
  expect(client.allFlags('ann')).toEqual({ good: true, killed: false, last: true })
  // Those that are nothing are no longer counted, once each was looked at.
  await eventually(() => expect(client.status()).toMatchObject({ source: 'bootstrap', flags: 3 }))
})
