/**
 * The bytes of an answer as they come. `for await` over a body is not everywhere yet.
 * @throws the reason of `signal` when that aborts
 */
export async function* bodyChunks(
  response: Response,
  signal: AbortSignal,
  onChunk?: () => void,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  const reader = response.body.getReader()
  const onAbort = () => {
    reader.cancel(signal.reason).catch(() => undefined)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (signal.aborted || done) break
      onChunk?.()
      yield value
    }
  } catch (error) {
    // Runtimes differ in what a read of an aborted body throws; whoever aborted has said why.
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
    reader.cancel().catch(() => undefined)
  }
  if (signal.aborted) throw signal.reason
}
