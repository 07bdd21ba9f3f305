import { html } from 'lit'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/components/ramp-card.ts'
import type { SaveRequest } from '../../src/components/ramp-card.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { flag, plainConfiguration } from '../fixtures.ts'

const split = [
  { variant: 'blue', weight: 50_000 },
  { variant: 'green', weight: 50_000 },
]
const saved: SaveRequest[] = []

test('a flag of several variants shows its split, and ramping keeps it', async () => {
  const variants = ['grey', 'blue', 'green'].map((name) => ({ name, value: name }))
  await draw(
    html`<ramp-card
      .flag=${flag({ type: 'string', variants })}
      .configuration=${plainConfiguration(0, { offVariant: 'grey', defaultServe: { rollout: { weight: 10_000, split, bucketBy: 'org' } } })}
      .evaluationsADay=${0}
      @save=${(event: CustomEvent<SaveRequest>) => saved.push(event.detail)}
    ></ramp-card>`,
  )
  expect(await accessibilityFindings()).toEqual([])
  await expect
    .element(page.getByText(/1 in 10 org values\s+get\s+blue\s+\(50 % of them\),\s+green\s+\(50 % of them\)/))
    .toBeVisible()
  await page.getByRole('button', { name: 'Set 50 %' }).click()
  await expect.element(page.getByText(/No evaluations in the last day/)).toBeVisible()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  expect(saved[0]?.edit.defaultServe).toEqual({ rollout: { weight: 50_000, split, bucketBy: 'org' } })
})
