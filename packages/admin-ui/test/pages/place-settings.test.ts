import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/pages/place-settings.ts'
import { accessibilityFindings, draw, tick } from '../draw.ts'
import { PROJECT } from '../fixtures.ts'
import { API, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

function drawSettings() {
  let changed = 0
  return draw(html`<place-settings @places-changed=${() => changed++}></place-settings>`).then(() => () => changed)
}

test('accessible', async () => {
  await drawSettings()
  expect(await accessibilityFindings()).toEqual([])
})

test('an environment can ask for reasons and a second person', async () => {
  const sent: unknown[] = []
  worker.use(
    http.patch(`${API}/projects/shop/environments/production`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json(PROJECT.environments[2])
    }),
  )
  const changed = await drawSettings()
  await tick(
    page.getByRole('group', { name: 'Production' }).getByRole('checkbox', { name: 'edits need a second person' }),
  )
  await expect.poll(changed).toBe(1)
  expect(sent).toEqual([{ approvalRequired: true }])
})

test('a new environment begins as a copy of another; a refusal keeps what was typed', async () => {
  const sent: unknown[] = []
  worker.use(
    http.post(`${API}/projects/shop/environments`, async ({ request }) => {
      sent.push(await request.json())
      return sent.length === 1
        ? refusal(409, 'KEY_TAKEN', 'Project "shop" has an environment "preview" already.')
        : HttpResponse.json(PROJECT, { status: 201 })
    }),
  )
  const changed = await drawSettings()
  const form = page.getByRole('form', { name: 'New environment' })
  const key = form.getByLabelText('Key of a new environment')
  await key.fill('preview')
  await form.getByLabelText('Flags as in').selectOptions('staging')
  await form.getByRole('button', { name: 'Add environment' }).click()
  await expect.element(page.getByText(/has an environment "preview" already/)).toBeVisible()
  await expect.element(key).toHaveValue('preview')
  await key.fill('preview-2')
  await form.getByRole('button', { name: 'Add environment' }).click()
  await expect.poll(changed).toBe(1)
  expect(sent.at(-1)).toEqual({ key: 'preview-2', name: 'preview-2', copyFrom: 'staging' })
})
