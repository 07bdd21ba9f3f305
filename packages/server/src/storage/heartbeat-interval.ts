/** How often a lock's owner shows that it lives. */
export const HEARTBEAT_MS = 2000
