import { ContextConsumer, ContextProvider } from '@lit/context'
import type { ReactiveElement } from 'lit'
import { listAttributes } from '../api/exposures.ts'
import { attributesContext, scopeContext } from './contexts.ts'

/** Offers the names that a project's applications give to whatever rules are written below `host`. */
export function offerAttributes(host: ReactiveElement): void {
  const provider = new ContextProvider(host, { context: attributesContext, initialValue: [] })
  let asked: string | undefined
  void new ContextConsumer(host, {
    context: scopeContext,
    subscribe: true,
    callback({ project }) {
      if (project === asked) return
      asked = project
      // For completion alone: without them rules are written as ever, and nobody need hear of it.
      listAttributes(project, new AbortController().signal).then(
        (attributes) => provider.setValue(attributes),
        () => undefined,
      )
    },
  })
}
