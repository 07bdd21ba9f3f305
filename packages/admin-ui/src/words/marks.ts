import type { TimelineItem } from '../contract.ts'

/** How an item is signed, on the axis and in the list: by shape and colour, and the words beside it say it too. */
export interface Mark {
  shape: 'dot' | 'ring' | 'square'
  tone: 'red' | 'accent' | 'amber' | 'muted'
  /** Kills, flags, deploys. */
  lane: 0 | 1 | 2
}

export function markOf({ kind, sentence, action }: TimelineItem): Mark {
  switch (kind) {
    case 'kill':
      return { shape: 'dot', tone: 'red', lane: 0 }
    case 'restore':
      return { shape: 'ring', tone: 'red', lane: 0 }
    case 'deploy':
      return { shape: 'square', tone: 'muted', lane: 2 }
    case 'verdict':
      return { shape: 'dot', tone: 'amber', lane: 1 }
    case 'request':
    case 'settings':
      return { shape: 'ring', tone: 'muted', lane: 1 }
    case 'ramp':
      return { shape: 'dot', tone: /\.(?:hold|pause|rollback)$/.test(action) ? 'amber' : 'accent', lane: 1 }
    case 'change':
      return { shape: 'dot', tone: / % to /.test(sentence) ? 'accent' : 'muted', lane: 1 }
  }
}
