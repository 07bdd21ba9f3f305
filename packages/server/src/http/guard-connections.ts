import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Keeps descriptors free for the database, the disk and whoever has something to say. Above `most` connections the oldest
 * that has not sent a whole request goes: twenty thousand idle connections must not shut out the one that kills a flag.
 * When all have spoken, the newest goes.
 */
export function guardConnections(server: Server, most: number): void {
  /** In the order they came. */
  const silent = new Set<Socket>()
  let open = 0
  server.on('connection', (socket) => {
    open++
    silent.add(socket)
    socket.once('close', () => {
      open--
      silent.delete(socket)
    })
    if (open <= most) return
    const [oldest] = silent
    oldest?.destroy()
  })
  server.on('request', (request) => silent.delete(request.socket))
}
