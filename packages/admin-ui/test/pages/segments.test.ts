import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/segment-page.ts'
import '../../src/pages/segments-page.ts'
import { accessibilityFindings, draw, strictScope } from '../draw.ts'
import { segment } from '../fixtures.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const SEGMENTS = `${API}/projects/shop/segments`

beforeEach(() => {
  const { included, excluded, rules, usedBy: _, ...facts } = segment()
  const sizes = { included: included.length, excluded: excluded.length, rules: rules.length }
  worker.use(
    http.get(SEGMENTS, () => HttpResponse.json({ segments: [{ ...facts, ...sizes }] })),
    http.get(`${SEGMENTS}/employees`, () => HttpResponse.json(segment())),
  )
})

const drawSegment = () => draw(html`<segment-page .segmentKey=${'employees'}></segment-page>`)

test('the list says who is in each, and is accessible', async () => {
  await draw(html`<segments-page></segments-page>`)
  await expect.element(page.getByText('2 ids, 1 rule, 1 left out')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('a segment says who is in it and what changes with it, and is accessible', async () => {
  await drawSegment()
  await expect.element(page.getByText(/when email ends with @shop\.test/)).toBeVisible()
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
  await page.getByLabelText('Look an id up in the ids in it').fill('grace')
  await expect.element(page.getByText('grace is in it.')).toBeVisible()
  await page.getByRole('button', { name: 'Edit rules' }).click()
  expect(await accessibilityFindings()).toEqual([])
})

test('ids are added and taken out without touching what others add', async () => {
  const sent: unknown[] = []
  worker.use(
    http.post(`${SEGMENTS}/employees/keys`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ included: 3, version: 4 })
    }),
  )
  await drawSegment()
  const form = page.getByRole('form', { name: 'Change the ids in it' })
  await form.getByLabelText('Add, one a line').fill('barbara\njoan barbara')
  await form.getByLabelText('Take out, one a line').fill('grace')
  await form.getByRole('button').click()
  await expect.poll(() => sent).toEqual([{ add: ['barbara', 'joan'], remove: ['grace'] }])
})

test('rules are saved from the version on screen; when somebody was first, theirs is shown', async () => {
  const versions: (string | null)[] = []
  worker.use(
    http.patch(`${SEGMENTS}/employees`, ({ request }) => {
      versions.push(request.headers.get('if-match'))
      return refusal(409, 'STALE_VERSION', 'Somebody changed this meanwhile.')
    }),
  )
  await drawSegment()
  await page.getByRole('button', { name: 'Edit rules' }).click()
  await page.getByLabelText('Values, separated by commas').fill('@shop.example')
  await page.getByRole('button', { name: 'Save rules' }).click()
  await expect.element(page.getByText(/Somebody saved first/)).toBeVisible()
  expect(versions).toEqual(['"v3"'])
})

test('one that is in use is not archived, and says why', async () => {
  worker.use(
    http.post(`${SEGMENTS}/employees/archive`, () =>
      refusal(409, 'IN_USE', '"employees" is still used by flag new-checkout.'),
    ),
  )
  await drawSegment()
  await page.getByRole('button', { name: 'Archive' }).click()
  await expect.element(page.getByText(/still used by flag new-checkout/)).toBeVisible()
})

test('a change asks for the reason that one of the environments wants, and sends it', async () => {
  const bodies: unknown[] = []
  worker.use(
    http.post(`${SEGMENTS}/employees/archive`, async ({ request }) => {
      bodies.push(await request.json())
      return HttpResponse.json(segment())
    }),
  )
  await draw(html`<segment-page .segmentKey=${'employees'}></segment-page>`, strictScope('staging'))
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await expect.element(page.getByText('Say why, in a few words.')).toBeVisible()
  expect(bodies).toEqual([])
  await page.getByLabelText('Why (production wants to know)').fill('nobody works here any more')
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await expect.poll(() => bodies).toEqual([{ reason: 'nobody works here any more' }])
})
