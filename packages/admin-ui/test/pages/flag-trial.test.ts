import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/pages/flag-trial.ts'
import type { FlagTrial } from '../../src/pages/flag-trial.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { configuration, flag, plainConfiguration } from '../fixtures.ts'
import { API, AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const field = page.getByRole('textbox', { name: /User id, or JSON/ })
const steps = page.getByRole('list', { name: 'The path taken' })

function versions() {
  const fact = (version: number, sentence: string) => ({ version, at: null, by: 'Ada', sentence, reason: null })
  worker.use(
    http.get(`${AT}/versions`, () =>
      HttpResponse.json({ versions: [fact(7, 'Ada ramped it'), fact(6, 'Ada let it go')], current: 7, next: null }),
    ),
    http.get(`${AT}/versions/6`, () => HttpResponse.json({ configuration: plainConfiguration(100_000) })),
  )
}

async function tryWith(text: string, part: Partial<ReturnType<typeof configuration>> = {}) {
  versions()
  await draw<FlagTrial>(html`<flag-trial .flag=${flag()} .configuration=${configuration(part)}></flag-trial>`)
  await field.fill(text)
  await userEvent.keyboard('{Enter}')
}

test('tells the path of a user, with the condition that failed and the bucket against the weight', async () => {
  await tryWith('{"key": "user-3", "country": "FR"}')
  await expect.element(steps).toMatchTextContent(/Rule 1 does not match/)
  await expect.element(steps).toMatchTextContent(/country is one of DE, AT, CH · here: FR: does not hold/)
  await expect.element(steps).toMatchTextContent(/Bucket [\d ]+ is (not )?below 25 000 \(25 %\): (in|out)\./)
  await expect.element(page.getByRole('status')).toMatchTextContent(/^user-3 gets (on true|off false), .*\(SPLIT\)/)
  expect(await accessibilityFindings()).toEqual([])
})

test('at a past version, somebody else is another answer', async () => {
  await tryWith('user-1')
  await page.getByLabelText('In production').selectOptions('version 6: Ada let it go')
  await expect.element(page.getByRole('status')).toMatchTextContent(/^user-1 gets on true/)
  await expect.element(steps).toMatchTextContent(/below 100 000 \(100 %\): in/)
  await expect.element(page.getByText(/As if not killed/)).toBeVisible()
})

test('prerequisites and segments are read for it', async () => {
  worker.use(
    http.get(`${API}/projects/shop/flags/base`, () =>
      HttpResponse.json(
        flag({
          key: 'base',
          environments: { production: configuration({ kill: { ...configuration().kill, killed: true } }) },
        }),
      ),
    ),
    http.get(`${API}/projects/shop/segments/staff`, () =>
      HttpResponse.json({ key: 'staff', included: ['lin-2'], excluded: [], rules: [] }),
    ),
  )
  const rules = [{ id: 's', conditions: [{ op: 'segment' as const, values: ['staff'] }], serve: { variant: 'on' } }]
  await tryWith('lin-2', { rules })
  await expect.element(steps).toMatchTextContent(/user is in segment staff: holds/)
  await expect.element(page.getByRole('status')).toMatchTextContent(/lin-2 gets on/)
  document.body.replaceChildren()
  await tryWith('lin-2', { rules, prerequisites: [{ flag: 'base', variants: ['on'] }] })
  await expect.element(steps).toMatchTextContent(/base serves off, and it would have to be on: off\.$/)
})

test('half a JSON object is said, a failure to read too', async () => {
  await tryWith('{"key": ')
  await expect.element(page.getByText(/This is no JSON yet/)).toBeVisible()
  worker.use(http.get(`${API}/projects/shop/flags/base`, () => refusal(503, 'UNAVAILABLE', 'The database is away.')))
  document.body.replaceChildren()
  await tryWith('ada', { prerequisites: [{ flag: 'base', variants: ['on'] }] })
  await expect.element(page.getByText('The database is away.')).toBeVisible()
})
