import type { ReactiveController, ReactiveControllerHost } from 'lit'

type Keys = Record<string, (event: KeyboardEvent) => void>

class PageKeys implements ReactiveController {
  #keys: Keys

  constructor(keys: Keys) {
    this.#keys = keys
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#press)
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#press)
  }

  #press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    // A held arrow walks on; a held letter would open one dialog over another.
    if (event.repeat && !event.key.startsWith('Arrow')) return
    if (event.composedPath().some(takesKeys)) return
    const act = this.#keys[event.key]
    if (!act) return
    event.preventDefault()
    act(event)
  }
}

/** Single keys of a page. They rest while somebody types or a dialog is open. */
export function pageKeys(host: ReactiveControllerHost, keys: Keys): void {
  host.addController(new PageKeys(keys))
}

function takesKeys(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input, select, textarea, dialog, [popover]') || target.isContentEditable)
  )
}
