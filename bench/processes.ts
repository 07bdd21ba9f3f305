// Other processes of a benchmark: what is measured, and who measures it, never share one.
import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** A process that talks by messages: each request gets the next message as its answer. */
export interface Worker {
  pid: number
  ask<T>(message: Serializable): Promise<T>
  stop(): Promise<void>
}

/** Starts a script with an IPC channel. Its first message says that it is ready. */
export async function startWorker(script: string, args: string[] = []): Promise<Worker & { ready: unknown }> {
  const child = fork(script, args, { stdio: 'inherit' })
  const ready = await nextMessage(child)
  return {
    ready,
    pid: child.pid ?? 0,
    async ask<T>(message: Serializable) {
      child.send(message)
      return (await nextMessage(child)) as T
    },
    stop: () => stop(child),
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${child.spawnargs[1]} ended with code ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message)
    })
  })
}

/** Starts a program that runs until it is stopped; what it says goes into the file `log`. */
export function startProgram(program: string, args: string[], env: Record<string, string>, log?: string) {
  const stderr = log === undefined ? 'inherit' : openSync(log, 'w')
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', stderr], env: { ...process.env, ...env } })
  return { pid: child.pid ?? 0, stop: () => stop(child) }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

const MS_PER_TICK = 10

/** CPU time a process has used so far, in ms; Linux counts it in steps of 10. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the command's name, which may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

/** Memory a process holds, in kB. */
export function rssKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
