import { html } from 'lit'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/components/ramp-planner.ts'
import type { PlanRequest, RampPlanner, TemplateRequest } from '../../src/components/ramp-planner.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { TEMPLATES } from '../ramps.ts'

async function drawPlanner(part: Partial<RampPlanner> = {}) {
  const planned: PlanRequest[] = []
  const kept: TemplateRequest[] = []
  await draw<RampPlanner>(
    html`<ramp-planner
      .templates=${TEMPLATES}
      .rules=${part.rules ?? []}
      .plan=${part.plan ?? null}
      environment="production"
      @plan=${(event: CustomEvent<PlanRequest>) => planned.push(event.detail)}
      @keep-template=${(event: CustomEvent<TemplateRequest>) => kept.push(event.detail)}
    ></ramp-planner>`,
  )
  return { planned, kept }
}
const button = (name: string) => page.getByRole('button', { name, exact: true })

test('accessible, simply and step by step with hours', async () => {
  await drawPlanner()
  expect(await accessibilityFindings()).toEqual([])
  await button('Step by step').click()
  await button('only at some hours').click()
  expect(await accessibilityFindings()).toEqual([])
})

test('a plan is two fields and one press', async () => {
  const { planned } = await drawPlanner()
  await page.getByRole('textbox', { name: 'Shares in percent' }).fill('0.5, 10 50, 100')
  await page.getByRole('textbox', { name: 'Wait at each for' }).fill('30')
  await page.getByRole('combobox', { name: 'Unit of the wait' }).selectOptions('minutes')
  await page.getByRole('textbox', { name: /^Why/ }).fill('release 12')
  await button('Plan and start').click()
  expect(planned).toEqual([
    {
      start: true,
      ramp: {
        mode: 'timed',
        steps: [500, 10_000, 50_000, 100_000].map((weight) => ({
          weight,
          soakSeconds: weight === 100_000 ? 0 : 1800,
          approval: false,
        })),
        startAt: null,
        timeZone: null,
        windows: [],
        reason: 'release 12',
      },
    },
  ])
})

test('step by step: approvals, hours, a start time, by hand', async () => {
  const { planned } = await drawPlanner({ rules: [{ id: 'swiss', words: 'people in Switzerland' }] })
  await page.getByRole('combobox', { name: 'Begin with' }).selectOptions('careful: with approvals')
  await page.getByRole('combobox', { name: 'Whose share' }).selectOptions('people in Switzerland')
  await page.getByRole('textbox', { name: 'Share of step 1 in percent' }).fill('2')
  await page.getByRole('combobox', { name: 'Unit of the soak of step 1' }).selectOptions('weeks')
  await button('only at some hours').click()
  await button('Fri').click()
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Zurich')
  await page.getByLabelText('First step at (empty: when started)').fill('2027-03-01T09:30')
  await button('by hand').click()
  await button('Save the plan').click()
  expect(planned).toEqual([
    {
      start: false,
      ramp: {
        mode: 'manual',
        steps: [
          { weight: 2_000, soakSeconds: 604_800, approval: false },
          { weight: 100_000, soakSeconds: 0, approval: true },
        ],
        startAt: new Date('2027-03-01T09:30').toISOString(),
        timeZone: 'Europe/Zurich',
        windows: [{ days: ['monday', 'tuesday', 'wednesday', 'thursday'], from: '09:00', to: '17:00' }],
        rule: 'swiss',
      },
    },
  ])
})

test('what is no plan is said beside the step, and goes nowhere', async () => {
  const { planned } = await drawPlanner()
  await page.getByRole('textbox', { name: 'Shares in percent' }).fill('5, 1, 200')
  await button('Plan and start').click()
  await expect.element(page.getByText('Each step reaches more people than the one before.')).toBeVisible()
  await expect.element(page.getByText('A step is a share above 0, up to 100 %.')).toBeVisible()
  expect(planned).toEqual([])
  await page.getByRole('button', { name: 'Remove step 3' }).click()
  await page.getByRole('textbox', { name: 'Share of step 2 in percent' }).fill('10')
  await button('Save the plan').click()
  expect(planned).toHaveLength(1)
})

test('a plan can be kept as a template', async () => {
  const { kept } = await drawPlanner()
  await page.getByText('Keep it as a template of the project').click()
  await page.getByRole('textbox', { name: 'Name of the template' }).fill('ours')
  await button('Keep').click()
  expect(kept).toEqual([{ name: 'ours', plan: TEMPLATES[0]?.plan }])
})
