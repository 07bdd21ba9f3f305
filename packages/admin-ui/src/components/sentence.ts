import { html, type TemplateResult } from 'lit'
import type { Part } from '../words/sentences.ts'

/** Draws the parts of a sentence with their weight. */
export function sentence(parts: Part[]): TemplateResult {
  return html`${parts.map((part) => {
    if (typeof part === 'string') return part
    return 'strong' in part ? html`<strong>${part.strong}</strong>` : html`<code>${part.code}</code>`
  })}`
}
