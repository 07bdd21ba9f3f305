import { html } from 'lit'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import type { Steering } from '../../src/components/ramp-controls.ts'
import '../../src/components/ramp-progress.ts'
import type { RampProgress } from '../../src/components/ramp-progress.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { NOW } from '../fixtures.ts'
import { heldRamp, ramp } from '../ramps.ts'

async function drawRamp(part: Partial<RampProgress> = {}) {
  const steered: Steering[] = []
  await draw<RampProgress>(
    html`<ramp-progress
      .ramp=${part.ramp ?? ramp()}
      .killed=${part.killed ?? false}
      .failure=${part.failure ?? ''}
      .now=${NOW}
      @steer=${(event: CustomEvent<Steering>) => steered.push(event.detail)}
    ></ramp-progress>`,
  )
  return steered
}
const button = (name: string | RegExp) => page.getByRole('button', { name })

test.each([
  ['running', ramp()],
  ['paused', heldRamp('paused')],
  ['waiting for an approval', heldRamp('approval')],
  [
    'waiting to begin',
    ramp({ step: -1, steps: ramp().steps.map((step) => ({ ...step, status: 'ahead', reachedAt: null })) }),
  ],
])('accessible while %s', async (_, drawn) => {
  await drawRamp({ ramp: drawn, failure: 'The flag is killed. Restore it first.' })
  expect(await accessibilityFindings()).toEqual([])
})

test('says what is done, where it is, what comes next and when, and what would stop it', async () => {
  await drawRamp()
  await expect.element(page.getByRole('listitem').filter({ hasText: '25 %' })).toHaveAttribute('aria-current', 'step')
  await expect
    .element(page.getByRole('listitem').filter({ hasText: '50 %' }))
    .toHaveTextContent('50 % in 38 min for 1 day')
  await expect.element(page.getByText(/in 38 min:/)).toBeVisible()
  await expect.element(page.getByText(/A kill, a pause or a roll-back stops it/)).toBeVisible()
  const soak = page.getByRole('progressbar', { name: 'Soak of 25 %' })
  expect((soak.element() as HTMLProgressElement).position).toBeCloseTo(10 / 48)
  await page.getByText('What happened (2)').click()
  await expect.element(page.getByText('5 % has been served for its 1 h.')).toBeVisible()
})

test('what people do carries why, and the step that they chose', async () => {
  const steered = await drawRamp()
  await page.getByRole('textbox', { name: /^Why/ }).fill('errors look worse')
  await button('Pause').click()
  await page.getByRole('combobox', { name: 'Advance to' }).selectOptions('100 %')
  await button('Advance').click()
  await button('Roll back').click()
  await page.getByRole('combobox', { name: 'Roll back to' }).selectOptions('0 %')
  await button('Roll back').click()
  await button('Approve 100 %').click()
  const reason = 'errors look worse'
  expect(steered).toEqual([
    { verb: 'pause', reason },
    { verb: 'advance', weight: 100_000, reason },
    { verb: 'rollback', weight: 5_000, reason },
    { verb: 'rollback', weight: 0, reason },
    { verb: 'approve', weight: 100_000, reason },
  ])
})

test('offers only what its state allows, and nothing that goes up while the flag is killed', async () => {
  await drawRamp({ ramp: heldRamp('killed'), killed: true })
  await expect.element(button('Roll back')).toBeVisible()
  await expect.element(button('Cancel the ramp, keep 25 %')).toBeVisible()
  expect(button(/Resume|Advance|Approve|Pause|Start/).elements()).toEqual([])
})

test('a roll-back asks to be acknowledged', async () => {
  const next = { ...heldRamp('paused').next, sentence: 'It stays there until somebody acknowledges that.' }
  const steered = await drawRamp({
    ramp: heldRamp(null, { state: 'rolled_back', weight: 5_000, step: 1, next, can: ['acknowledge', 'cancel'] }),
  })
  await expect.element(page.getByText('rolled back to 5 %')).toBeVisible()
  await button('Acknowledge').click()
  expect(steered).toEqual([{ verb: 'acknowledge', reason: '' }])
})
