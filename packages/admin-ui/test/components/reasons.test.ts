import { html } from 'lit'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/components/bulk-dialog.ts'
import type { BulkDialog } from '../../src/components/bulk-dialog.ts'
import '../../src/components/copy-dialog.ts'
import type { CopyDialog } from '../../src/components/copy-dialog.ts'
import '../../src/components/facts-card.ts'
import '../../src/components/ramp-controls.ts'
import '../../src/components/ramp-planner.ts'
import { accessibilityFindings, draw, strictScope } from '../draw.ts'
import { flag } from '../fixtures.ts'
import { ramp, TEMPLATES } from '../ramps.ts'

const why = page.getByLabelText('Why (production wants to know)')
const missing = page.getByText('Say why, in a few words.')
const sent: unknown[] = []
const take = (event: CustomEvent<unknown>) => sent.push(event.detail)

test('archiving many asks for the reason that one of the environments wants; tags need none', async () => {
  sent.length = 0
  const dialog = await draw<BulkDialog>(html`<bulk-dialog @apply=${take}></bulk-dialog>`, strictScope('staging'))
  dialog.open(['one', 'two'])
  await page.getByLabelText('Tags').fill('web')
  await page.getByRole('button', { name: 'Tag 2 flags' }).click()
  await expect.poll(() => sent).toHaveLength(1)
  await page.getByLabelText('What to do').selectOptions('Archive')
  await page.getByRole('button', { name: 'Archive 2 flags' }).click()
  await expect.element(missing).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await why.fill('done with')
  await page.getByRole('button', { name: 'Archive 2 flags' }).click()
  await expect.poll(() => sent[1]).toMatchObject({ action: 'archive', reason: 'done with' })
})

test('copying asks for the reason of the environment that changes', async () => {
  sent.length = 0
  const comparison = {
    from: 'staging',
    etag: '"v7"',
    sentence: '',
    difference: [{ path: '/on', yours: true, current: false }],
  }
  const dialog = await draw<CopyDialog>(
    html`<copy-dialog environment="production" .others=${['staging']} .comparison=${comparison} @copy=${take}></copy-dialog>`,
    strictScope(),
  )
  dialog.open()
  await page.getByRole('button', { name: 'Copy to production' }).click()
  await expect.element(missing).toBeVisible()
  await why.fill('tested')
  await page.getByRole('button', { name: 'Copy to production' }).click()
  await expect.poll(() => sent).toEqual(['tested'])
})

test('archiving one asks too, and a plan of a ramp', async () => {
  sent.length = 0
  await draw(html`<facts-card .flag=${flag()} @archive=${take}></facts-card>`, strictScope('staging'))
  await page.getByRole('button', { name: 'Archive' }).click()
  await page.getByRole('button', { name: 'Archive new-checkout' }).click()
  await expect.element(missing).toBeVisible()
  await why.fill('everybody has it')
  await page.getByRole('button', { name: 'Archive new-checkout' }).click()
  await expect.poll(() => sent).toEqual(['everybody has it'])
  document.body.replaceChildren()
  await draw(html`<ramp-planner .templates=${TEMPLATES} @plan=${take}></ramp-planner>`, strictScope())
  await page.getByRole('button', { name: 'Plan and start' }).click()
  await expect.element(missing).toBeVisible()
  expect(sent).toHaveLength(1)
})

test('a ramp goes on with the wanted reason, and is stopped without one', async () => {
  sent.length = 0
  const running = ramp()
  await draw(html`<ramp-controls .ramp=${running} @steer=${take}></ramp-controls>`, strictScope())
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect.poll(() => sent).toMatchObject([{ verb: 'pause', reason: '' }])
  await page.getByRole('button', { name: /^Advance/ }).click()
  await expect.element(missing).toBeVisible()
  await why.fill('looks well')
  await page.getByRole('button', { name: /^Advance/ }).click()
  await expect.poll(() => sent[1]).toMatchObject({ verb: 'advance', reason: 'looks well' })
})
