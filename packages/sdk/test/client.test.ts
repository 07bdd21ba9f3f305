import { expect, test, vi } from 'vitest'
import { flagOf, patchOf, useFakeService } from './fake-service.ts'

const service = useFakeService()

test('serves a snapshot, follows the stream, counts exposures and confirms a kill', async () => {
  service.flags = [flagOf('new-checkout')]
  const client = service.client({ name: 'shop-7' })
  expect(client.isEnabled('new-checkout', 'ann')).toBe(false)

  await client.ready()
  expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
  await vi.waitFor(() => expect(client.status()).toMatchObject({ state: 'streaming', source: 'stream', revision: 1 }))

  service.stream.send('patch', patchOf(1, 2, [flagOf('new-checkout', { on: false, revision: 2 })]))
  await vi.waitFor(() => expect(client.isEnabled('new-checkout', 'ann')).toBe(false))
  service.stream.send('patch', patchOf(2, 3, [flagOf('new-checkout', { revision: 3 })]))
  await vi.waitFor(() => expect(client.isEnabled('new-checkout', 'ann')).toBe(true))

  service.stream.send('kill', { epoch: service.epoch, flag: 'new-checkout', revision: 4, receipt: { windowMs: 0 } })
  await vi.waitFor(() => expect(service.receipts).toEqual([{ flag: 'new-checkout', revision: 4 }]))
  expect(client.isEnabled('new-checkout', 'ann')).toBe(false)
  expect(String(client.explain('new-checkout', 'ann'))).toBe(
    'new-checkout = off (DISABLED, killed; revision 3 from stream)',
  )

  await client.flush()
  const [batch] = service.batches
  expect(batch?.seq).toBe(1)
  expect(batch?.exposures.map(({ flag, variant }) => `${flag} ${variant}`)).toEqual([
    'new-checkout on',
    'new-checkout off',
  ])
  const headers = service.asked('/sdk/v1/stream')[0]?.headers
  expect(headers?.get('Authorization')).toBe(`Bearer ${service.sdkKey}`)
  expect(headers?.get('Rampart-Name')).toBe('shop-7')
  expect(headers?.get('Rampart-Instance')).toBe(batch?.instance)
  expect(headers?.get('Rampart-SDK')).toBe('rampart-node/0.1.0')
})
