import { html, type TemplateResult } from 'lit'
import type { Part } from '../words/sentences.ts'

/** Address of what a sentence names. */
export type LinkTo = (kind: 'flag' | 'segment', key: string) => string

/** Draws the parts of a sentence with their weight; with `linkTo` what has a page is a link to it. */
export function sentence(parts: Part[], linkTo?: LinkTo): TemplateResult {
  return html`${parts.map((part) => {
    if (typeof part === 'string') return part
    if ('strong' in part) return html`<strong>${part.strong}</strong>`
    if ('code' in part) return html`<code>${part.code}</code>`
    const [kind, key] = 'flag' in part ? (['flag', part.flag] as const) : (['segment', part.segment] as const)
    return linkTo ? html`<a class="mono" href=${linkTo(kind, key)}>${key}</a>` : html`<code>${key}</code>`
  })}`
}
