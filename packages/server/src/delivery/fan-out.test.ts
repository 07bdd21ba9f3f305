import { expect, it } from 'vitest'
import type { EventStream } from './event-stream.ts'
import { createFanOut } from './fan-out.ts'

/** A stream that notes what it was given; the real ones are tested over sockets. */
function noteTaker(notes: string[]): EventStream {
  return { write: (frame: Buffer) => notes.push(frame.toString()) > 0 } as unknown as EventStream
}

it('gives each stream its frames in order, and a kill before the patches that wait', async () => {
  const notes = Array.from({ length: 2500 }, (): string[] => [])
  const streams = notes.map(noteTaker)
  const fanOut = createFanOut()
  const sending = [
    fanOut.send('patch', Buffer.from('patch 1'), streams),
    fanOut.send('patch', Buffer.from('patch 2'), streams),
    fanOut.send('kill', Buffer.from('kill'), streams, { urgent: true }),
  ]
  const results = await Promise.all(sending)
  expect(results.map((result) => result.sent)).toEqual([2500, 2500, 2500])
  for (const note of notes) expect(note.filter((text) => text !== 'kill')).toEqual(['patch 1', 'patch 2'])
  // The first slice of patch 1 was under way already; everybody else hears of the kill first.
  expect(notes.filter((note) => note[0] === 'kill')).toHaveLength(1500)
})

it('lets other work in between slices', async () => {
  const streams = Array.from({ length: 3000 }, () => noteTaker([]))
  const order: string[] = []
  const sent = createFanOut().send('patch', Buffer.from('x'), streams, {
    onSlice: (written) => order.push(`${written.length}`),
  })
  setImmediate(() => order.push('other work'))
  await sent
  expect(order.indexOf('other work')).toBeLessThan(order.length - 1)
})

it.each([
  { streams: 1, writesMs: 0.02, rests: [] },
  { streams: 1000, writesMs: 0.1, rests: [200] },
  { streams: 5000, writesMs: 0.1, rests: [750] },
])('rests twice as long as a patch to $streams streams took, and no longer than 750 ms', async ({ rests, ...run }) => {
  let clock = 0
  const write = () => {
    clock += run.writesMs
    return true
  }
  const asked: number[] = []
  const fanOut = createFanOut(
    () => {},
    () => clock,
    async (ms) => asked.push(Math.round(ms)),
  )
  const streams = Array.from({ length: run.streams }, () => ({ write }) as unknown as EventStream)
  await fanOut.send('kill', Buffer.from('kill'), streams, { urgent: true })
  await fanOut.settled()
  expect(asked).toEqual([])
  await fanOut.send('patch', Buffer.from('patch'), streams)
  await fanOut.settled()
  expect(asked).toEqual(rests)
  clock += 1000
  await fanOut.settled()
  expect(asked).toEqual(rests)
})
