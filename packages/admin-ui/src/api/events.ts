import { path } from './client.ts'
import type { EnvironmentChange } from '../contract.ts'

export interface EventListeners {
  change(change: EnvironmentChange): void
  opened(): void
  lost(): void
}

/** Follows a project's changes until the returned function is called. The browser reconnects by itself. */
export function followProject(project: string, listeners: EventListeners): () => void {
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource(path('projects', project, 'events'))
    source.addEventListener('open', () => listeners.opened())
    source.addEventListener('change', (event) => listeners.change(JSON.parse(event.data) as EnvironmentChange))
    source.addEventListener('error', () => {
      listeners.lost()
      // After an answer that is not a stream (a 503 behind a proxy) the browser gives up for good; we do not.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 2000 + Math.random() * 2000)
    })
  }
  open()
  return () => {
    clearTimeout(retry)
    source.close()
  }
}
