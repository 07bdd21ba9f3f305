import axe from 'axe-core'
import { ContextProvider } from '@lit/context'
import type { Locator } from 'vitest/browser'
import { type LitElement, render, type TemplateResult } from 'lit'
import { type Scope, scopeContext } from '../src/state/contexts.ts'
import { PROJECT } from './fixtures.ts'

/** Production of the shop. */
function shopScope(): Scope {
  const environment = PROJECT.environments[2]
  if (!environment) throw new Error('the shop has three environments')
  return { project: PROJECT.key, environment, environments: PROJECT.environments }
}

/** The same, where production wants a reason for every change; seen from there, or from another environment. */
export function strictScope(seenFrom = 'production'): Scope {
  const { project, environments } = shopScope()
  const strict = environments.map((one) => ({ ...one, reasonRequired: one.key === 'production' }))
  const environment = strict.find(({ key }) => key === seenFrom)
  if (!environment) throw new Error(`the shop has no ${seenFrom}`)
  return { project, environment, environments: strict }
}

/** Puts a template on the page, in a place that knows where we are, and returns its first element. */
export async function draw<E extends LitElement>(template: TemplateResult, scope = shopScope()): Promise<E> {
  const place = document.createElement('div')
  const provider = new ContextProvider(place, { context: scopeContext, initialValue: scope })
  provider.hostConnected()
  document.body.append(place)
  render(template, place)
  const element = place.firstElementChild as E
  await element.updateComplete
  return element
}

/** What axe finds, in the light and in the dark: nothing is right. `region` speaks of whole pages, not of parts. */
export async function accessibilityFindings(): Promise<string[]> {
  const found: string[] = []
  for (const theme of ['light', 'dark']) {
    document.documentElement.dataset['theme'] = theme
    const { violations } = await axe.run(document.body, {
      resultTypes: ['violations'],
      rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
    })
    found.push(
      ...violations.map(({ id, nodes }) => `${theme} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    )
  }
  delete document.documentElement.dataset['theme']
  return found
}

/** Presses a checkbox, whose field proper lies under what is drawn in its place. */
export function tick(checkbox: Locator): Promise<void> {
  return checkbox.click({ force: true })
}

/** Name of the element that has the keyboard, however deep in shadow roots it is. */
export function focusedName(): string {
  let focused = document.activeElement
  // What a button of Web Awesome says stands outside of its own tree.
  while (focused?.shadowRoot?.activeElement && focused.localName !== 'wa-button')
    focused = focused.shadowRoot.activeElement
  const label = focused instanceof HTMLInputElement ? focused.labels?.[0] : focused?.querySelector('.spoken')
  return focused?.getAttribute('aria-label') ?? (label ?? focused)?.textContent?.trim() ?? ''
}
