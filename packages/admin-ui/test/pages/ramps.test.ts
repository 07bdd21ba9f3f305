import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/app-shell.ts'
import type { AppShell } from '../../src/app-shell.ts'
import type { Ramp } from '../../src/contract.ts'
import { accessibilityFindings, draw, focusedName } from '../draw.ts'
import { flag, plainConfiguration } from '../fixtures.ts'
import { API, AT, refusal } from '../handlers.ts'
import { heldRamp, ramp, rampLine, TEMPLATES } from '../ramps.ts'
import { worker } from '../worker.ts'

const home = location.pathname + location.search

beforeEach(() => {
  localStorage.setItem('rampart.place', 'shop\nproduction')
  return () => {
    localStorage.clear()
    history.replaceState(null, '', home)
  }
})

async function open(url: string) {
  history.replaceState(null, '', url)
  return draw<AppShell>(html`<app-shell></app-shell>`)
}

/** The service with one flag and its ramp; answers what it was asked to do. */
function serve(first: Ramp | null) {
  let there = first
  const asked: unknown[] = []
  const note = async (request: Request) => {
    const what = new URL(request.url).pathname.split('/environments/production/')[1]
    asked.push([what, await request.json()])
  }
  worker.use(
    http.get(`${API}/projects/:project/flags/:flag`, () => {
      const state = there?.state ?? null
      const production = plainConfiguration(there?.weight ?? 0, { state: 'ramping', ramp: state })
      return HttpResponse.json(flag({ environments: { ...flag().environments, production } }))
    }),
    http.get(`${AT}/ramp`, () => HttpResponse.json(there)),
    http.get(`${API}/projects/:project/ramp-templates`, () => HttpResponse.json({ templates: TEMPLATES })),
    http.post(`${AT}/ramp`, async ({ request }) => {
      await note(request)
      there = ramp({ state: 'draft', step: -1 })
      return HttpResponse.json(there, { status: 201 })
    }),
    http.post(`${AT}/ramp/:verb`, async ({ request, params }) => {
      await note(request)
      if (params['verb'] === 'advance') return refusal(409, 'RAMP_STATE', 'The flag is killed. Restore it first.')
      there = params['verb'] === 'pause' ? heldRamp('paused') : ramp()
      return HttpResponse.json(there)
    }),
  )
  return asked
}

test('a ramp is planned, started, watched and paused on the page of its flag', async () => {
  const asked = serve(null)
  await open('/p/shop/production/flags/new-checkout')
  await page.getByRole('button', { name: 'Plan a ramp' }).click()
  await expect.poll(focusedName).toContain('standard')
  await page.getByRole('button', { name: 'Plan and start' }).click()
  await expect.element(page.getByText('running at 25 %')).toBeVisible()
  // The plan alone decides now.
  expect(page.getByRole('slider', { name: 'Share of users' }).elements()).toEqual([])
  expect(await accessibilityFindings()).toEqual([])
  await page.getByRole('textbox', { name: /^Why/ }).first().fill('errors look worse')
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect.element(page.getByText('held at 25 %')).toBeVisible()
  expect(asked).toEqual([
    ['ramp', expect.objectContaining({ mode: 'timed', steps: expect.any(Array) })],
    ['ramp/start', {}],
    ['ramp/pause', { reason: 'errors look worse' }],
  ])
})

test('a refusal says why, and nothing looks as if it had been done', async () => {
  serve(ramp())
  await open('/p/shop/production/flags/new-checkout')
  await page.getByRole('button', { name: 'Advance', exact: true }).click()
  await expect.element(page.getByText('Not done. The flag is killed. Restore it first.')).toBeVisible()
  await expect.element(page.getByText('running at 25 %')).toBeVisible()
})

test('r brings what can be done with a ramp under the keyboard', async () => {
  serve(ramp())
  await open('/p/shop/production/flags/new-checkout')
  await expect.element(page.getByText('running at 25 %')).toBeVisible()
  await userEvent.keyboard('r')
  await expect.poll(focusedName).toBe('Approve 100 %')
})

test('the page of ramps says what moves next and what waits for somebody', async () => {
  const next = { ...rampLine().next, at: new Date(Date.now() + 37.5 * 60_000).toISOString() }
  worker.use(
    http.get(`${API}/projects/:project/ramps`, () =>
      HttpResponse.json({
        ramps: [rampLine({ next }), rampLine({ flag: 'search-v2', state: 'holding', holdReason: 'killed' })],
      }),
    ),
  )
  await open('/p/shop/production/ramps')
  const running = page.getByRole('region', { name: 'Running' })
  await expect.element(running.getByText('next 50 % in 38 min')).toBeVisible()
  const held = page.getByRole('region', { name: 'Held: somebody has to look' })
  await expect.element(held.getByText('held: it was killed')).toBeVisible()
  await expect
    .element(held.getByRole('link', { name: 'search-v2' }))
    .toHaveAttribute('href', '/p/shop/production/flags/search-v2#ramp')
  expect(await accessibilityFindings()).toEqual([])
})

test('without any the page of ramps says how to begin', async () => {
  worker.use(http.get(`${API}/projects/:project/ramps`, () => HttpResponse.json({ ramps: [] })))
  await open('/p/shop/production/ramps')
  await expect.element(page.getByText('No ramp is under way.')).toBeVisible()
})
