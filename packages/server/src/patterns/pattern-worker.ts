// Proves one regular expression linear, away from the event loop: the proof itself may take seconds.
import { parentPort, workerData } from 'node:worker_threads'
import { check } from 'recheck'

const { source, flags, timeoutMs } = workerData as { source: string; flags: string; timeoutMs: number }
const { status } = await check(source, flags, { timeout: timeoutMs })
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
parentPort?.postMessage(status)
