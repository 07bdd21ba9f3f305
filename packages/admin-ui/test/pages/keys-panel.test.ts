import { html } from 'lit'
import { beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/app-shell.ts'
import type { AppShell } from '../../src/app-shell.ts'
import { ROOMS } from '../../src/routes.ts'
import { keysOnScreen } from '../../src/state/page-keys.ts'
import { keyLines, ROOM_KEYS } from '../../src/words/keys.ts'
import { accessibilityFindings, draw } from '../draw.ts'

const home = location.pathname + location.search
const dialog = page.getByRole('dialog', { name: 'Keys' })

beforeEach(() => {
  localStorage.setItem('rampart.place', 'shop\nproduction')
  return () => {
    localStorage.clear()
    history.replaceState(null, '', home)
  }
})

async function open(url: string) {
  history.replaceState(null, '', url)
  await draw<AppShell>(html`<app-shell></app-shell>`)
  await expect.element(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
}

test('? lists what the page knows, and every key of a page has words', async () => {
  await open('/p/shop/production/flags/new-checkout')
  await expect.element(page.getByRole('heading', { name: 'new-checkout' })).toBeVisible()
  await userEvent.keyboard('?')
  await expect.element(page.inDialog()).toMatchTextContent(/K\s*kill the flag/)
  expect(await accessibilityFindings()).toEqual([])
  // What every page has is three lines; ArrowUp stands in the line of ArrowDown.
  expect(keysOnScreen().filter((key) => key !== 'ArrowUp' && keyLines([key], []).length === 3)).toEqual([])
  await userEvent.keyboard('{Escape}')
  await expect.element(dialog).not.toBeInTheDocument()
})

test.each(ROOMS.map(([room]) => [room]))('? works on %s, and g with its letter leads there', async (room) => {
  const letter = Object.entries(ROOM_KEYS).find(([, known]) => known === room)?.[0]
  await open('/p/shop/production/flags/new-checkout')
  await userEvent.keyboard(`g${letter}`)
  await expect.poll(() => location.pathname).toBe(`/p/shop/production/${room}`)
  await userEvent.keyboard('?')
  await expect.element(page.inDialog()).toMatchTextContent(/go to Settings/)
})

test('the letter after g is none of the page’s own, and who types is left alone', async () => {
  await open('/p/shop/production/flags')
  await expect.element(page.getByRole('link', { name: 'new-checkout' })).toBeVisible()
  await userEvent.keyboard('gk')
  await expect.element(page.getByRole('dialog', { name: /^Kill/ })).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await page.getByRole('searchbox', { name: 'Search flags' }).click()
  await userEvent.keyboard('gt?')
  expect(location.pathname).toBe('/p/shop/production/flags')
  await expect.element(dialog).not.toBeInTheDocument()
})
