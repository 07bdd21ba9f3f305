import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { followProject } from '../api/events.ts'
import type { EnvironmentChange } from '../contract.ts'

/** A short loss is the ordinary end of a proxied stream; only a longer one is worth a person's attention. */
const PATIENCE_MS = 1500

type Listener = (change: EnvironmentChange | null) => void

/**
 * The console's own stream. Redraws its host when the connection is lost or found, and tells listeners of changes;
 * after a gap it tells `null`, "anything may have changed", because what was sent meanwhile is gone.
 */
export class LiveFeed implements ReactiveController {
  /** Moment of the loss (ms since 1970); null while the stream is there. */
  lostSince: number | null = null
  #host: ReactiveControllerHost
  #listeners = new Set<Listener>()
  #project: string | null = null
  #stop: (() => void) | null = null
  #gapSince: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** Follows another project; the same one again is no change. */
  follow(project: string | null): void {
    if (project === this.#project) return
    this.#project = project
    this.#close()
    this.#clearGap()
    this.#open()
  }

  /** Says that this screen itself changed something: the lists ask again even while the stream is lost. */
  nudge(): void {
    this.#tell(null)
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  hostConnected(): void {
    addEventListener('offline', this.#lost)
    document.addEventListener('visibilitychange', this.#rest)
  }

  hostDisconnected(): void {
    removeEventListener('offline', this.#lost)
    document.removeEventListener('visibilitychange', this.#rest)
    this.follow(null)
  }

  #open(): void {
    if (this.#project === null || document.hidden) return
    this.#stop = followProject(this.#project, {
      change: (change) => this.#tell(change),
      opened: () => this.#found(),
      lost: this.#lost,
    })
  }

  #close(): void {
    this.#stop?.()
    this.#stop = null
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  // A browser opens six connections to a service and no more: streams of tabs that nobody looks at would hold them
  // all, and a kill would wait behind them.
  #rest = (): void => {
    if (document.hidden) {
      this.#close()
      this.#gapSince ??= Date.now()
    } else if (this.#stop === null) this.#open()
  }

  #lost = (): void => {
    this.#gapSince ??= Date.now()
    if (this.#timer !== undefined || this.lostSince !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.lostSince = this.#gapSince
      this.#host.requestUpdate()
    }, PATIENCE_MS)
  }

  #found(): void {
    const hadGap = this.#gapSince !== null
    this.#clearGap()
    if (hadGap) this.#tell(null)
  }

  #clearGap(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#gapSince = null
    this.lostSince = null
    this.#host.requestUpdate()
  }

  #tell(change: EnvironmentChange | null): void {
    for (const listener of this.#listeners) listener(change)
  }
}
