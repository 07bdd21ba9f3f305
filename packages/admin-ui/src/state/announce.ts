/** Asks the frame to say a sentence to screen readers, once. */
export function announce(from: EventTarget, sentence: string): void {
  from.dispatchEvent(new CustomEvent('announce', { detail: sentence, bubbles: true, composed: true }))
}

export type Announcement = CustomEvent<string>
