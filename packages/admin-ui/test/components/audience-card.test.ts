import { html } from 'lit'
import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/components/audience-card.ts'
import type { AudienceCard } from '../../src/components/audience-card.ts'
import type { SaveRequest } from '../../src/components/ramp-card.ts'
import { accessibilityFindings, draw, focusedName } from '../draw.ts'
import { configuration, flag } from '../fixtures.ts'

async function edit() {
  const saved: SaveRequest[] = []
  await draw<AudienceCard>(
    html`<audience-card
      .flag=${flag()}
      .configuration=${configuration()}
      @save=${(event: CustomEvent<SaveRequest>) => saved.push(event.detail)}
    ></audience-card>`,
  )
  await page.getByRole('button', { name: 'Edit who gets it' }).click()
  return saved
}

test('accessible', async () => {
  await edit()
  expect(await accessibilityFindings()).toEqual([])
})

test('a rule is added, the difference shown, and whole arrays saved', async () => {
  const saved = await edit()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const rule = page.getByRole('group', { name: 'Rule 2' })
  await rule.getByLabelText('Attribute').fill('age')
  await rule.getByLabelText('Operator').selectOptions('is at least')
  await rule.getByLabelText('Values, separated by commas').fill('18')
  await rule.getByLabelText('Serve').selectOptions('a share of them')
  await rule.getByLabelText('Share in percent').fill('12.5')
  await page.getByLabelText('get on').fill('ada\ngrace')
  const changes = page.getByRole('group', { name: 'What will change' })
  await expect.element(changes).toMatchTextContent(/added: when age is at least 18 → 12.5 % on, by user/)
  await expect.element(changes).toMatchTextContent(/removed: ada, grace, lin → on/)
  await page.getByRole('button', { name: 'Save rules' }).click()
  expect(saved[0]?.version).toBe(7)
  expect(saved[0]?.edit.targets).toEqual([{ variant: 'on', keys: ['ada', 'grace'] }])
  expect(saved[0]?.edit.rules?.[1]).toMatchObject({
    conditions: [{ op: 'greaterOrEqual', attribute: 'age', values: [18] }],
    serve: { rollout: { weight: 12_500, split: [{ variant: 'on', weight: 100_000 }] } },
  })
})

test('rules are reordered and removed by the keyboard, and the keyboard stays with them', async () => {
  const saved = await edit()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByRole('group', { name: 'Rule 2' }).getByLabelText('Attribute').fill('beta')
  await page.getByRole('button', { name: 'Move rule 2 up' }).click()
  await expect.poll(focusedName).toBe('Move rule 1 down')
  await page.getByRole('button', { name: 'Remove rule 2' }).click()
  await page.getByRole('button', { name: 'Save rules' }).click()
  expect(saved[0]?.edit.rules).toHaveLength(1)
  expect(saved[0]?.edit.rules?.[0]?.conditions).toMatchObject([{ attribute: 'beta' }])
})

test('rules are dragged to another place', async () => {
  const saved = await edit()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByRole('group', { name: 'Rule 2' }).getByLabelText('Attribute').fill('beta')
  const grip = page.getByRole('group', { name: 'Rule 2' }).element().querySelector<HTMLElement>('.grip')
  await userEvent.dragAndDrop(page.elementLocator(grip as HTMLElement), page.getByLabelText('What rule 1 is for'))
  await expect.element(page.getByRole('group', { name: 'Rule 1' }).getByLabelText('Attribute')).toHaveValue('beta')
  await page.getByRole('button', { name: 'Save rules' }).click()
  expect(saved[0]?.edit.rules?.map(({ conditions }) => conditions[0])).toMatchObject([
    { attribute: 'beta' },
    { attribute: 'country' },
  ])
})

test('Escape puts a rule that is being dragged back', async () => {
  await edit()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const grip = page.getByRole('group', { name: 'Rule 2' }).element().querySelector<HTMLElement>('.grip')
  grip?.dispatchEvent(new PointerEvent('pointerdown', { button: 0, bubbles: true, composed: true }))
  dispatchEvent(new PointerEvent('pointermove', { clientY: 0 }))
  const attribute = page.getByRole('group', { name: 'Rule 1' }).getByLabelText('Attribute').first()
  await expect.element(attribute).toHaveValue('')
  await userEvent.keyboard('{Escape}')
  await expect.element(attribute).toHaveValue('country')
})
