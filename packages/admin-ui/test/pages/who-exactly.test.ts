import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/flag-page.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { flag, flagSummaries, plainConfiguration } from '../fixtures.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const FLAG = `${API}/projects/shop/flags/new-checkout`
const staff = { id: 's', conditions: [{ op: 'segment' as const, values: ['staff'] }], serve: { variant: 'on' } }
const ids = page.getByRole('region', { name: 'Ids' })

function serve(part: Parameters<typeof plainConfiguration>[1], baseOn = true) {
  const production = plainConfiguration(0, part)
  const base = flag({ key: 'base', environments: { production: plainConfiguration(100_000, { on: baseOn }) } })
  const [summary] = flagSummaries()
  worker.use(
    http.get(FLAG, () => HttpResponse.json(flag({ environments: { production } }))),
    http.get(`${API}/projects/shop/flags`, () => HttpResponse.json({ flags: [{ ...summary, key: 'base' }] })),
    http.get(`${API}/projects/shop/flags/base`, () => HttpResponse.json(base)),
    http.get(`${API}/projects/shop/segments/staff`, () =>
      HttpResponse.json({
        key: 'staff',
        included: ['ada'],
        excluded: [],
        rules: [[{ op: 'in', attribute: 'team', values: ['core'] }]],
      }),
    ),
  )
}

async function paste(text: string) {
  await draw(html`<flag-page flagKey="new-checkout"></flag-page>`)
  await page.getByText('Who exactly? Paste some ids').click()
  await page.getByLabelText('User ids, one a line').fill(text)
}

test('segments are asked, and what a bare id cannot tell is said', async () => {
  serve({ rules: [staff] })
  await paste('ada\nbob')
  await expect.element(ids).toMatchTextContent(/ada on.*bob off/)
  await expect.element(page.getByText(/It also depends on team\./)).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('a prerequisite that is not met keeps everybody out, now and after saving', async () => {
  serve({ prerequisites: [{ flag: 'base', variants: ['on'] }], targets: [{ variant: 'on', keys: ['ada'] }] }, false)
  await paste('ada')
  await expect.element(ids).toMatchTextContent(/ada off/)
  await page.getByLabelText('Exact share in percent').fill('100')
  await expect.element(page.getByText('0 of 1 would change.')).toBeVisible()
})

test('an edit of who gets it is tried before it is saved, with what it newly names', async () => {
  serve({ targets: [{ variant: 'on', keys: ['ada'] }] }, false)
  await draw(html`<flag-page flagKey="new-checkout"></flag-page>`)
  await page.getByRole('button', { name: 'Edit who gets it' }).click()
  await page.getByRole('button', { name: 'Add a prerequisite' }).click()
  await page.getByRole('group', { name: 'Prerequisite 1' }).getByLabelText('Flag').fill('base')
  await page.getByText('Who exactly? Paste some ids').last().click()
  await page.getByLabelText('User ids, one a line').last().fill('ada')
  await expect.element(page.getByText('1 of 1 would change.')).toBeVisible()
  await expect.element(ids).toMatchTextContent(/ada on off/)
})

test('what cannot be read is said, and nothing else', async () => {
  serve({ rules: [staff] })
  worker.use(
    http.get(`${API}/projects/shop/segments/staff`, () => refusal(503, 'UNAVAILABLE', 'The database is away.')),
  )
  await paste('ada')
  await expect.element(page.getByText('Nothing can be told. The database is away.')).toBeVisible()
  await expect.element(ids).not.toBeInTheDocument()
})
