// The recipe in a real browser against the real service: what the console does is what the component shows.
import { OpenFeature } from '@openfeature/react-sdk'
import { RampartWebProvider } from '@rampart/sdk/openfeature-web'
import { createRoot } from 'react-dom/client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { configure, createFlag, createKey, kill, ramp, restore } from '../../../packages/sdk/test/live/given.ts'
import { App } from '../src/app.tsx'

const root = createRoot(document.body.appendChild(document.createElement('div')))
const headline = () => document.querySelector('h1')?.textContent
const variant = () => document.querySelector('button')?.dataset['variant']

beforeAll(async () => {
  await createFlag('new-checkout')
  await ramp('new-checkout', 100_000)
  const variants = [
    { name: 'grey', value: '#666' },
    { name: 'green', value: '#060' },
  ]
  await createFlag('button-color', { type: 'string', offVariant: 'grey', variants })
  const conditions = [{ attribute: 'country', op: 'in', values: ['CH'] }]
  await configure('button-color', {
    on: true,
    defaultServe: { variant: 'grey', rollout: null },
    rules: [{ id: 'swiss', conditions, serve: { variant: 'green' } }],
  })
})

afterAll(async () => {
  root.unmount()
  await OpenFeature.close()
})

test('a component follows a kill, a restore and who is looking', async () => {
  await OpenFeature.setContext({ targetingKey: 'ann', country: 'CH' })
  const provider = new RampartWebProvider({
    url: inject('serviceUrl'),
    clientKey: await createKey('client'),
    storage: null,
  })
  await OpenFeature.setProviderAndWait(provider)
  root.render(<App />)
  await expect.poll(headline).toBe('One page to pay')
  await expect.poll(variant).toBe('green')
  await expect.poll(() => provider.client?.status().state).toBe('streaming')

  await kill('new-checkout')
  await expect.poll(headline).toBe('Checkout, step 1 of 3')
  await restore('new-checkout')
  await expect.poll(headline).toBe('One page to pay')

  await OpenFeature.setContext({ targetingKey: 'bob', country: 'DE' })
  await expect.poll(variant).toBe('grey')
  expect(document.querySelector('button')?.style.color).toBe('rgb(102, 102, 102)')
})
