import type { ReactiveController, ReactiveControllerHost } from 'lit'

type Keys = Record<string, (event: KeyboardEvent) => void>

/** Of every element on screen that has keys. */
const onScreen = new Set<Keys>()

class PageKeys implements ReactiveController {
  #keys: Keys

  constructor(keys: Keys) {
    this.#keys = keys
  }

  hostConnected(): void {
    onScreen.add(this.#keys)
    document.addEventListener('keydown', this.#press)
  }

  hostDisconnected(): void {
    onScreen.delete(this.#keys)
    document.removeEventListener('keydown', this.#press)
  }

  #press = (event: KeyboardEvent): void => {
    if (!isSingleKey(event)) return
    const act = this.#keys[event.key]
    if (!act) return
    event.preventDefault()
    act(event)
  }
}

/** Single keys of a page. They rest while somebody types or a dialog is open. What each does stands in words/keys.ts. */
export function pageKeys(host: ReactiveControllerHost, keys: Keys): void {
  host.addController(new PageKeys(keys))
}

/** The keys that would do something now, as `KeyboardEvent.key` says them. */
export function keysOnScreen(): string[] {
  return [...onScreen].flatMap((keys) => Object.keys(keys))
}

/** True for a key that belongs to the page: pressed alone, by nobody who types, and not done with already. */
export function isSingleKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false
  // A held arrow walks on; a held letter would open one dialog over another.
  if (event.repeat && !event.key.startsWith('Arrow')) return false
  return !event.composedPath().some(takesKeys)
}

function takesKeys(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input, select, textarea, dialog, [popover]') || target.isContentEditable)
  )
}
