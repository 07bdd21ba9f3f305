/** One event of a client stream: its name and its data. An empty name is a heartbeat. */
export type OnFrame = (event: string, data: string) => void

/** Longer than any event of a client stream. */
const MAX_FRAME_CHARACTERS = 1_048_576

/**
 * Takes the text of an event stream in any slices. Reads what this service writes and no more: one line of data, frames
 * that end with an empty line. The whole of the standard would be half the size of this client.
 * @throws Error from the returned function when a frame has no end
 */
export function createFrameReader(onFrame: OnFrame): (text: string) => void {
  let rest = ''
  return (text) => {
    const frames = (rest + text).split('\n\n')
    rest = frames.pop() as string
    if (rest.length > MAX_FRAME_CHARACTERS) throw new Error('an event has no end')
    for (const frame of frames) {
      let event = ''
      let data = ''
      for (const line of frame.split('\n')) {
        if (line.startsWith('event: ')) event = line.slice(7)
        else if (line.startsWith('data: ')) data = line.slice(6)
      }
      onFrame(event, data)
    }
  }
}
