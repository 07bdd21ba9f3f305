import { html } from 'lit'
import { beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/app-shell.ts'
import { accessibilityFindings, draw } from '../draw.ts'

const home = location.pathname + location.search

beforeEach(async () => {
  localStorage.setItem('rampart.place', 'shop\nproduction')
  history.replaceState(null, '', '/p/shop/production/settings')
  await draw(html`<app-shell></app-shell>`)
  await page.getByRole('heading', { name: 'Settings' }).findElement()
  return () => {
    localStorage.clear()
    history.replaceState(null, '', home)
  }
})

const field = page.getByRole('combobox', { name: 'Search or jump' })

test('Ctrl K opens it from anywhere, arrows and Enter lead on', async () => {
  await userEvent.keyboard('{Control>}k{/Control}')
  await expect.element(field).toBeVisible()
  expect(await accessibilityFindings()).toEqual([])
  await userEvent.keyboard('checkout')
  await expect.element(page.getByRole('option', { name: /new-checkout/ })).toHaveAttribute('aria-selected', 'true')
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByRole('heading', { name: 'new-checkout' })).toBeVisible()
  expect(location.pathname).toBe('/p/shop/production/flags/new-checkout')
})

test('kill and a flag asks before it kills', async () => {
  await page.getByRole('button', { name: 'Search or jump' }).click()
  await userEvent.keyboard('kill new-checkout')
  await expect.element(page.getByRole('option', { name: /^Kill new-checkout in production/ })).toBeVisible()
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByRole('dialog', { name: /Kill new-checkout/ })).toBeVisible()
  await expect.element(field).not.toBeInTheDocument()
})

test('leads to another environment', async () => {
  await userEvent.keyboard('{Control>}k{/Control}')
  await userEvent.keyboard('staging{Enter}')
  await expect.element(page.getByRole('combobox', { name: 'Environment' })).toHaveValue('staging')
})
