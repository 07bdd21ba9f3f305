import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/pages/flag-page.ts'
import { accessibilityFindings, draw, focusedName, tick } from '../draw.ts'
import { configuration, flag, flagSummaries } from '../fixtures.ts'
import { API, AT, refusal } from '../handlers.ts'
import { worker } from '../worker.ts'

const FLAG = `${API}/projects/shop/flags/new-checkout`
const edit = page.getByRole('button', { name: 'Edit who gets it' })
const first = page.getByRole('group', { name: 'Prerequisite 1' })
const changes = page.getByRole('group', { name: 'What will change' })
const save = page.getByRole('button', { name: 'Save rules' })

beforeEach(() => {
  const [summary] = flagSummaries()
  const variants = ['blue', 'red', 'grey'].map((name) => ({ name, value: name }))
  worker.use(
    http.get(`${API}/projects/shop/flag-keys`, () =>
      HttpResponse.json({ flags: ['new-checkout', 'checkout-v2', 'theme'].map((key) => ({ ...summary, key })) }),
    ),
    http.get(`${API}/projects/shop/flags/checkout-v2`, () => HttpResponse.json(flag({ key: 'checkout-v2' }))),
    http.get(`${API}/projects/shop/flags/theme`, () =>
      HttpResponse.json(
        flag({ key: 'theme', variants, environments: { production: configuration({ offVariant: 'grey' }) } }),
      ),
    ),
  )
})

function withPrerequisites() {
  const production = configuration({ prerequisites: [{ flag: 'checkout-v2', variants: ['on'] }] })
  worker.use(http.get(FLAG, () => HttpResponse.json(flag({ environments: { production } }))))
}

test('they read as sentences with links, before everything else', async () => {
  withPrerequisites()
  await draw(html`<flag-page flagKey="new-checkout"></flag-page>`)
  const line = page.getByText('only when checkout-v2 gives on otherwise off')
  await expect.element(line).toBeVisible()
  const link = line.getByRole('link', { name: 'checkout-v2' })
  await expect.element(link).toHaveAttribute('href', '/p/shop/production/flags/checkout-v2')
  expect(await accessibilityFindings()).toEqual([])
})

test('one is added by the keyboard: its flag is completed, its usual variant wanted, the difference shown', async () => {
  const bodies: { prerequisites?: unknown }[] = []
  worker.use(
    http.patch(AT, async ({ request }) => {
      bodies.push((await request.json()) as object)
      return HttpResponse.json(configuration({ version: 8 }))
    }),
  )
  await draw(html`<flag-page flagKey="new-checkout"></flag-page>`)
  await edit.click()
  const add = page.getByRole('button', { name: 'Add a prerequisite' })
  ;(await add.findElement()).focus()
  await userEvent.keyboard('{Enter}')
  await expect.poll(focusedName).toBe('Flag')
  // Its own key is not offered: it cannot wait for itself.
  const offered = () => [...deepAll('datalist#flags option')].map((option) => option.getAttribute('value'))
  await expect.poll(offered).toEqual(['checkout-v2', 'theme'])
  await userEvent.keyboard('theme')
  await expect.element(first.getByRole('checkbox', { name: 'blue' })).toBeChecked()
  await tick(first.getByRole('checkbox', { name: 'red' }))
  await expect.element(changes).toMatchTextContent(/added: only when theme gives blue or red/)
  expect(await accessibilityFindings()).toEqual([])
  await save.click()
  await expect.poll(() => bodies[0]?.prerequisites).toEqual([{ flag: 'theme', variants: ['blue', 'red'] }])
})

test('one is taken away', async () => {
  withPrerequisites()
  await draw(html`<flag-page flagKey="new-checkout"></flag-page>`)
  await edit.click()
  await expect
    .element(first.getByRole('textbox', { name: 'Flag' }).or(first.getByRole('combobox')))
    .toHaveValue('checkout-v2')
  await page.getByRole('button', { name: 'Remove prerequisite 1' }).click()
  await expect.element(changes).toMatchTextContent(/removed: only when checkout-v2 gives on/)
  await expect.element(first).not.toBeInTheDocument()
})

test('a half written one is not sent; a circle is told as the service words it', async () => {
  const message =
    'This would be a circle: new-checkout needs checkout-v2 needs new-checkout. Take one of these prerequisites away.'
  let asked = 0
  worker.use(
    http.patch(AT, () => {
      asked++
      return refusal(400, 'INVALID_INPUT', 'This cannot be saved.', [{ path: 'prerequisites[0].flag', message }])
    }),
  )
  await draw(html`<flag-page flagKey="new-checkout"></flag-page>`)
  await edit.click()
  await page.getByRole('button', { name: 'Add a prerequisite' }).click()
  await first.getByLabelText('Flag').fill('gone')
  await expect.element(first.getByText('no flag of this name yet')).toBeVisible()
  await save.click()
  await expect.element(page.getByText(/names a flag and at least one variant/)).toBeVisible()
  expect(asked).toBe(0)
  await first.getByLabelText('Flag').fill('checkout-v2')
  await expect.element(first.getByRole('checkbox', { name: 'on' })).toBeChecked()
  await save.click()
  await expect.element(page.getByText(/Not saved\. .*new-checkout needs checkout-v2 needs new-checkout/)).toBeVisible()
})

/** All that match, in every shadow root there is. */
function* deepAll(selector: string, root: ParentNode = document): Generator<Element> {
  yield* root.querySelectorAll(selector)
  for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) yield* deepAll(selector, shadowRoot)
}
