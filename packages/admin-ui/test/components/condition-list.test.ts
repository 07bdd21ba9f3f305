import { ContextProvider } from '@lit/context'
import { html } from 'lit'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/components/condition-list.ts'
import { attributesContext } from '../../src/state/contexts.ts'
import { accessibilityFindings, draw } from '../draw.ts'

test('offers the names of attributes that applications give, with what they were seen to hold', async () => {
  const provider = new ContextProvider(document.body, {
    context: attributesContext,
    initialValue: [
      { name: 'country', type: 'text' },
      { name: 'since', type: 'date' },
      { name: 'since', type: 'number' },
    ],
  })
  provider.hostConnected()
  const list = await draw(
    html`<condition-list .conditions=${[{ op: 'in', attribute: '', values: [] }]}></condition-list>`,
  )
  const field = page.getByRole('combobox', { name: 'Attribute' }).element() as HTMLInputElement
  const offered = [...(field.list?.options ?? [])].map(({ value, label }) => [value, label])
  expect(offered).toEqual([
    ['key', 'user id'],
    ['country', 'text'],
    ['since', 'date or number'],
  ])
  expect(await accessibilityFindings()).toEqual([])
  list.remove()
})
