import { html } from 'lit'
import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/components/ramp-card.ts'
import type { RampCard, SaveRequest } from '../../src/components/ramp-card.ts'
import { draw, accessibilityFindings } from '../draw.ts'
import { flag, plainConfiguration } from '../fixtures.ts'

const exact = page.getByRole('textbox', { name: 'Exact share in percent' })
const slider = page.getByRole('slider', { name: 'Share of users' })
const save = page.getByRole('button', { name: 'Save', exact: true })

async function drawCard(part: Partial<RampCard> = {}) {
  const saved: SaveRequest[] = []
  const card = await draw<RampCard>(
    html`<ramp-card
      .flag=${flag()}
      .configuration=${part.configuration ?? plainConfiguration(25_000)}
      .evaluationsADay=${part.evaluationsADay ?? 10_000}
      @save=${(event: CustomEvent<SaveRequest>) => saved.push(event.detail)}
    ></ramp-card>`,
  )
  return { card, saved }
}

test('accessible', async () => {
  await drawCard()
  await exact.fill('50')
  expect(await accessibilityFindings()).toEqual([])
})

test('an exact share down to 0.001 % is said in words and saved as a weight', async () => {
  const { saved } = await drawCard()
  await exact.click()
  await userEvent.keyboard('{Control>}a{/Control}0.05')
  await expect.element(exact).toHaveValue('0.05')
  await expect.element(page.getByText('1 in 2 000 users')).toBeVisible()
  await exact.fill('0.001')
  await page.getByRole('textbox', { name: /^Why/ }).fill('first steps')
  await save.click()
  expect(saved).toEqual([
    {
      edit: { on: true, defaultServe: { rollout: { weight: 1, split: [{ variant: 'on', weight: 100_000 }] } } },
      version: 7,
      reason: 'first steps',
    },
  ])
})

test('before saving it says what changes for how many, and that nobody changes variant', async () => {
  await drawCard()
  await exact.fill('40')
  await expect
    .element(page.getByText(/about 1 500 more evaluations a day get it, 0 lose it, nobody changes variant\./))
    .toBeVisible()
  await exact.fill('10')
  await expect.element(page.getByText(/about 1 500 evaluations a day lose it, 0 more get it/)).toBeVisible()
})

test('the slider moves by the keyboard and follows the field', async () => {
  await drawCard()
  ;(slider.element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowRight}')
  await expect.element(exact).toHaveValue('26')
  await exact.fill('60')
  await expect.element(slider).toHaveValue('60')
  expect(slider.element().getAttribute('aria-valuetext')).toBe('60 %, 6 in 10 users')
})

test('what is no share is refused at once and cannot be saved', async () => {
  await drawCard()
  await exact.fill('101')
  await expect.element(page.getByText(/from 0 to 100/)).toBeVisible()
  await expect.element(save).toBeDisabled()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect.element(exact).toHaveValue('25')
})

test("somebody else's change is told, and the edit with its version is kept", async () => {
  const { card, saved } = await drawCard()
  await exact.fill('50')
  card.configuration = plainConfiguration(30_000, { version: 8, updatedBy: 'Lin' })
  await expect.element(page.getByText(/Lin changed this flag while you were editing/)).toBeVisible()
  await expect.element(exact).toHaveValue('50')
  await save.click()
  expect(saved[0]?.version).toBe(7)
  const difference = [{ path: 'defaultServe.rollout.weight', yours: 50_000, current: 30_000 }]
  card.conflict = { current: card.configuration, difference }
  const theirs = page.getByRole('row', { name: /share/ })
  await expect.element(theirs).toMatchTextContent(/30 %\s*50 %/)
  await page.getByRole('button', { name: 'Save mine over it' }).click()
  expect(saved[1]?.version).toBe(8)
})

test('pasted ids show exactly who gains', async () => {
  await drawCard()
  await exact.fill('100')
  await page.getByText('Who exactly? Paste some ids').click()
  await page.getByLabelText('User ids, one a line').fill('user-1 user-2 user-3 user-4 user-5')
  // By the published bucket vectors' law, raised to everyone: those who were out come in, nobody leaves.
  const rows = () =>
    [...page.getByRole('table').element().querySelectorAll('tbody tr')].map((row) => row.textContent ?? '')
  await expect.poll(() => rows().length).toBe(5)
  expect(rows().every((text) => /on\s+the same|off\s+on/.test(text.replace(/\s+/g, ' ')))).toBe(true)
})

test('off: the share is kept and it can be turned on again', async () => {
  const { saved } = await drawCard({ configuration: plainConfiguration(25_000, { on: false, state: 'off', share: 0 }) })
  await expect.element(page.getByText(/would get/)).toBeVisible()
  await page.getByRole('button', { name: 'Turn on' }).click()
  expect(saved[0]?.edit).toEqual({ on: true })
})

test('a fixed variant becomes a rollout that moves nobody', async () => {
  const { saved } = await drawCard({ configuration: plainConfiguration(0, { defaultServe: { variant: 'on' } }) })
  await expect.element(page.getByText(/one fixed variant now/)).toBeVisible()
  await expect.element(exact).toHaveValue('100')
  await exact.fill('90')
  await save.click()
  expect(saved[0]?.edit.defaultServe).toEqual({
    rollout: { weight: 90_000, split: [{ variant: 'on', weight: 100_000 }] },
  })
})
