import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/pages/flag-exposures.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { exposures, flagMetrics } from '../fixtures.ts'
import { AT } from '../handlers.ts'
import { worker } from '../worker.ts'

/** Draws the card and notes which spans it asks for. */
async function drawCard() {
  const asked: { fromMs: number; toMs: number }[] = []
  const spanOf = (request: Request) => {
    const query = new URL(request.url).searchParams
    return [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')] as const
  }
  worker.use(
    http.get(`${AT}/exposures`, ({ request }) => {
      const [fromMs, toMs] = spanOf(request)
      asked.push({ fromMs, toMs })
      return HttpResponse.json(exposures(fromMs, toMs))
    }),
    http.get(`${AT}/metrics`, ({ request }) => HttpResponse.json(flagMetrics(...spanOf(request)))),
  )
  await draw(
    html`<flag-exposures .flagKey=${'new-checkout'} .offVariant=${'off'} .createdAt=${'2026-01-01T00:00:00Z'}></flag-exposures>`,
  )
  await expect.element(page.getByRole('heading', { name: 'http.error' })).toBeVisible()
  return asked
}

// A table of a thousand cells, in two themes.
test('accessible', { timeout: 90_000 }, async () => {
  await drawCard()
  await page.getByText('The same numbers as a table').click()
  expect(await accessibilityFindings()).toEqual([])
})

test('each metric of those who have the flag against those who do not, with its numbers', async () => {
  await drawCard()
  const said = page
    .getByRole('img')
    .elements()
    .map((graph) => graph.getAttribute('aria-label'))
  expect(said).toHaveLength(5)
  expect(said[1]).toMatch(/http\.duration, median: 10\d ms exposed, 10\d ms not exposed/)
  expect(said[2]).toMatch(/http\.duration, p95: 3\d\d ms exposed, 3\d\d ms not exposed/)
  expect(said[3]).toMatch(/http\.error: 0\.4\d* % exposed, 0\.4\d* % not exposed/)
  expect(said[4]).toMatch(/purchase, per 1 000 evaluations: \d+(\.\d+)? exposed, \d+(\.\d+)? not exposed/)
})

test('the table is one key away and holds the same numbers', async () => {
  await drawCard()
  await userEvent.keyboard('t')
  await expect.element(page.getByRole('columnheader', { name: 'http.error, not exposed' })).toBeVisible()
  expect(page.getByRole('row').elements()[1]?.textContent).toMatch(/\d %/)
  await userEvent.keyboard('t')
  await expect.element(page.getByRole('columnheader', { name: 'http.error, not exposed' })).not.toBeInTheDocument()
})

test('a drag over one graph narrows all of them, and there is a way back', async () => {
  const asked = await drawCard()
  const chart = document.querySelector('flag-exposures')?.shadowRoot?.querySelector('metric-chart')
  const over = chart?.shadowRoot?.querySelector('.u-over')
  if (!over) throw new Error('The graph is drawn.')
  const { left, top, width, height } = over.getBoundingClientRect()
  const at = (share: number) => ({
    clientX: left + width * share,
    clientY: top + height / 2,
    bubbles: true,
    movementX: 1,
  })
  const frame = () => new Promise(requestAnimationFrame)
  for (const [type, share] of [
    ['mousemove', 0.25],
    ['mousedown', 0.25],
    ['mousemove', 0.4],
    ['mousemove', 0.5],
  ] as const) {
    over.dispatchEvent(new MouseEvent(type, at(share)))
    await frame()
  }
  document.dispatchEvent(new MouseEvent('mouseup', at(0.5)))
  await expect.element(page.getByRole('button', { name: 'Zoom out' })).toBeVisible()
  await expect.poll(() => asked.length).toBeGreaterThan(1)
  const day = 86_400_000
  const zoomed = asked.at(-1) ?? { fromMs: 0, toMs: 0 }
  expect((zoomed.toMs - zoomed.fromMs) / day).toBeCloseTo(0.25, 1)
  expect(page.getByRole('button', { name: '24 h' }).element().getAttribute('aria-pressed')).toBe('false')
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await expect.poll(() => (asked.at(-1)?.toMs ?? 0) - (asked.at(-1)?.fromMs ?? 0)).toBe(day)
})
