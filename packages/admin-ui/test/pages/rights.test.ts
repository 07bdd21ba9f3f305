import { html } from 'lit'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/app-shell.ts'
import type { Permission } from '../../src/contract.ts'
import { accessibilityFindings, draw } from '../draw.ts'
import { API } from '../handlers.ts'
import { worker } from '../worker.ts'

const home = location.pathname + location.search
const PRODUCTION = 'This needs the production right for "production". Ask an admin for it.'
const EDITOR = 'This needs the role editor or more. Ask an admin for it.'
const WRITES: Permission[] = ['flags:write', 'ramps:write', 'approvals:write', 'sdk-keys:write', 'triggers:write']

beforeEach(() => {
  localStorage.setItem('rampart.place', 'shop\nproduction')
  return () => {
    localStorage.clear()
    history.replaceState(null, '', home)
  }
})

function refuse(sentence: string, permissions: Permission[], environments = ['production']) {
  const refused = Object.fromEntries(permissions.map((permission) => [permission, sentence]))
  worker.use(
    http.get(`${API}/session/refusals`, ({ request }) => {
      expect(new URL(request.url).searchParams.get('project')).toBe('shop')
      return HttpResponse.json({
        refused,
        environments: Object.fromEntries(environments.map((key) => [key, { refused }])),
      })
    }),
  )
}

async function open(url: string) {
  history.replaceState(null, '', url)
  await draw(html`<app-shell></app-shell>`)
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })

test('without the production right the page says so and offers no form; Kill stays', async () => {
  refuse(PRODUCTION, WRITES)
  await open('/p/shop/production/flags/new-checkout')
  await expect
    .element(
      page.getByText(`You can look, and kill or restore it. To change what it serves in production: ${PRODUCTION}`),
    )
    .toBeVisible()
  await expect.element(button('Kill')).toBeEnabled()
  for (const name of [
    'Ramp',
    'Save',
    'Plan a ramp',
    'Turn off',
    'Edit who gets it',
    'Edit the facts',
    'Make a trigger',
  ])
    await expect.element(button(name)).not.toBeInTheDocument()
  await expect.element(page.getByText(`To change the facts, or archive it: ${PRODUCTION}`)).toBeVisible()
  // Looking at who gets it is nobody's right alone.
  await expect.element(page.getByText('Who exactly? Paste some ids')).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('the same person edits in staging', async () => {
  refuse(PRODUCTION, WRITES)
  await open('/p/shop/staging/flags/new-checkout')
  await expect.element(button('Save')).toBeVisible()
  await expect.element(button('Edit who gets it')).toBeVisible()
  await expect.element(page.getByText(/You can look/)).not.toBeInTheDocument()
})

test('a viewer cannot kill, and learns whom to ask; nothing else is offered either', async () => {
  refuse(EDITOR, [...WRITES, 'flags:kill', 'flags:create', 'ramps:stop', 'projects:write', 'settings:write'])
  await open('/p/shop/production/flags/new-checkout')
  await expect.element(page.getByText(`You can look. To change what it serves in production: ${EDITOR}`)).toBeVisible()
  await expect.element(button('Kill')).toBeDisabled()
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect.element(page.getByText(`To make, rotate or revoke keys here: ${EDITOR}`)).toBeVisible()
  await expect.element(button('Create key')).not.toBeInTheDocument()
  await page.getByRole('link', { name: 'Segments' }).click()
  await expect.element(page.getByText(EDITOR)).toBeVisible()
  await page.getByRole('link', { name: 'Flags', exact: true }).click()
  await button(/New flag/)
    .first()
    .click()
  await expect.element(page.inDialog().getByText(EDITOR)).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
})

test('a refusal makes the page ask anew what may be done', async () => {
  await open('/p/shop/production/flags/new-checkout')
  await page.getByLabelText('Exact share in percent').fill('50')
  refuse(PRODUCTION, WRITES)
  worker.use(
    http.patch(`${API}/projects/shop/flags/new-checkout/environments/production`, () =>
      HttpResponse.json({ error: { code: 'FORBIDDEN', message: PRODUCTION, requestId: 'r' } }, { status: 403 }),
    ),
  )
  await button('Save').click()
  await expect.element(page.getByText(/You can look, and kill/)).toBeVisible()
})
