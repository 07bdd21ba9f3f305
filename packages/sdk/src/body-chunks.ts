/**
 * The bytes of an answer as they come. `for await` over a body is not everywhere yet.
 * Ends with an error when `signal` aborts, however the runtime's fetch behaves.
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
      if (signal.aborted) throw signal.reason
      if (done) return
      onChunk?.()
      yield value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    reader.cancel().catch(() => undefined)
  }
}
