import { ContextConsumer } from '@lit/context'
import type { ReactiveController, ReactiveElement } from 'lit'
import type { EnvironmentChange } from '../contract.ts'
import { liveContext } from './contexts.ts'
import type { LiveFeed } from './live-feed.ts'

/** An import of a thousand flags is a thousand events; the screen asks again once per this many ms. */
const CALM_MS = 400

class FollowChanges implements ReactiveController {
  #concerns: (change: EnvironmentChange) => boolean
  #refresh: () => void
  #consumer: ContextConsumer<typeof liveContext, ReactiveElement>
  #followed: LiveFeed | undefined
  #unsubscribe: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #last = 0

  constructor(host: ReactiveElement, concerns: (change: EnvironmentChange) => boolean, refresh: () => void) {
    this.#concerns = concerns
    this.#refresh = refresh
    this.#consumer = new ContextConsumer(host, {
      context: liveContext,
      subscribe: true,
      callback: (feed) => this.#follow(feed),
    })
  }

  hostConnected(): void {
    this.#follow(this.#consumer.value)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#follow(undefined)
  }

  #follow(feed: LiveFeed | undefined): void {
    if (feed === this.#followed) return
    this.#unsubscribe?.()
    this.#followed = feed
    this.#unsubscribe = feed?.subscribe((change) => {
      if (change === null || this.#concerns(change)) this.#soon()
    })
  }

  #soon(): void {
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#last + CALM_MS - Date.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#last = Date.now()
      this.#refresh()
    }, wait)
  }
}

/** Calls `refresh` soon after a change that `concerns` the host, and after every gap in the stream. */
export function followChanges(
  host: ReactiveElement,
  concerns: (change: EnvironmentChange) => boolean,
  refresh: () => void,
): void {
  host.addController(new FollowChanges(host, concerns, refresh))
}
