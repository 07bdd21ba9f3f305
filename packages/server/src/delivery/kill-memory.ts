/** A kill or restore as it goes out. */
export interface KillNotice {
  kind: 'kill' | 'restore'
  flag: string
  revision: number
}

/** A kill and when this replica heard of it, on its own clock: clocks of two machines are never compared. */
export interface SentKill extends KillNotice {
  at: number
}

/** How long clients are asked to confirm a kill, and their lost streams are reported. */
export const KILL_MEMORY_MS = 10 * 60_000

/** The kills of one environment in the last ten minutes. */
export interface KillMemory {
  /** @param ageMs how long ago it was committed */
  add(notice: KillNotice, ageMs: number): void
  find(flag: string, revision: number): SentKill | undefined
  /** Revision of the flag's last kill or restore, 0 for none. */
  lastRevision(flag: string): number
  /** The last kill or restore of each flag that a client at this revision has not seen. */
  newerThan(revision: number): SentKill[]
  size(): number
  clear(): void
}

export function createKillMemory(now: () => number): KillMemory {
  /** Oldest first. A revision belongs to one change, so it names the kill. */
  const byRevision = new Map<number, SentKill>()
  const lastByFlag = new Map<string, SentKill>()

  function forgetOld(): void {
    for (const [revision, kill] of byRevision) {
      if (now() - kill.at <= KILL_MEMORY_MS) return
      byRevision.delete(revision)
      if (lastByFlag.get(kill.flag) === kill) lastByFlag.delete(kill.flag)
    }
  }

  function lastRevision(flag: string): number {
    return lastByFlag.get(flag)?.revision ?? 0
  }

  return {
    add(notice, ageMs) {
      forgetOld()
      const kill = { ...notice, at: now() - ageMs }
      byRevision.set(notice.revision, kill)
      if (notice.revision > lastRevision(notice.flag)) lastByFlag.set(notice.flag, kill)
    },
    find(flag, revision) {
      const kill = byRevision.get(revision)
      return kill?.flag === flag ? kill : undefined
    },
    lastRevision,
    newerThan(revision) {
      forgetOld()
      return [...lastByFlag.values()].filter((kill) => kill.revision > revision)
    },
    size() {
      forgetOld()
      return byRevision.size
    },
    clear() {
      byRevision.clear()
      lastByFlag.clear()
    },
  }
}
