/** What the kill dialog must know before anybody decides. */
export interface KillRequest {
  action: 'kill' | 'restore'
  flag: string
  environment: string
  /** Variant that everyone gets after a kill, where it is known. */
  offVariant: string | null
  /** Ids that are served by name today: a kill reaches them too. */
  namedIds: number
}

/** Asks the frame to open the kill dialog. It opens from anywhere, so the frame owns it. */
export function askKill(from: EventTarget, request: KillRequest): void {
  from.dispatchEvent(new CustomEvent('ask-kill', { detail: request, bubbles: true, composed: true }))
}

export type KillRequested = CustomEvent<KillRequest>
