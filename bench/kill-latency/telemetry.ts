// SDKs that send what they counted: each a batch every ten seconds with a thousand evaluations, spread evenly.
interface Start {
  sdks: number
  ports: number[]
  headers: string
  flags: string[]
}

const EVERY_MS = 10_000
const EVALUATIONS = 1000

let timer: NodeJS.Timeout | undefined
const sent = { batches: 0, evaluations: 0, refused: 0, startedAt: 0 }
const open = new Set<Promise<void>>()

async function send(sdk: number, seq: number, { ports, headers, flags }: Start): Promise<void> {
  const authorization = /Authorization: (.*)\r\n/.exec(headers)?.[1] ?? ''
  const exposures = flags.map((flag) => ({ flag, variant: 'on', allocation: 1, count: EVALUATIONS / flags.length }))
  const body = { instance: `counting-${sdk}`, seq, sdk: { name: 'bench', version: '1' }, spanMs: EVERY_MS, exposures }
  try {
    const response = await fetch(`http://127.0.0.1:${ports[sdk % ports.length]}/sdk/v1/telemetry`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) {
      if (sent.refused++ === 0) console.error('telemetry:', response.status, await response.text())
      return
    }
    await response.text()
    sent.batches++
    sent.evaluations += EVALUATIONS
  } catch (error) {
    if (sent.refused++ === 0) console.error('telemetry:', error)
  }
}

function start(load: Start): void {
  let turn = 0
  sent.startedAt = performance.now()
  timer = setInterval(() => {
    const due = Math.floor(((performance.now() - sent.startedAt) / EVERY_MS) * load.sdks)
    for (; turn < due; turn++) {
      const sending: Promise<void> = send(turn % load.sdks, Math.floor(turn / load.sdks) + 1, load).finally(() =>
        open.delete(sending),
      )
      open.add(sending)
    }
  }, 20)
}

process.on('message', async (message: { start: Start } | { stop: true }) => {
  if ('start' in message) {
    start(message.start)
    process.send?.(true)
    return
  }
  clearInterval(timer)
  await Promise.all(open)
  const seconds = (performance.now() - sent.startedAt) / 1000
  const { batches, evaluations, refused } = sent
  process.send?.({ batches, refused, evaluationsPerSecond: Math.round(evaluations / seconds) })
})
process.on('SIGTERM', () => process.exit(0))
// The bench is gone, whatever happened to it.
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
