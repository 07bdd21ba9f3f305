// A thread that shows by the time of the lock file that its process lives. It ends with the process.
import { utimesSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { HEARTBEAT_MS } from './heartbeat-interval.ts'

const { file } = workerData as { file: string }

setInterval(() => {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // Released a moment ago, or the directory was taken away: whoever opens it next decides.
  }
}, HEARTBEAT_MS)
