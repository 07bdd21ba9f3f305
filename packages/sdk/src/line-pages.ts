// Lines of a snapshot as bytes, page after page, out of the way of the garbage collector: as text they would be nearly half
// of what flags take of the heap.

const PAGE_BYTES = 65_536
/** Pages are written anew when they hold more than twice what is still in use, and this much. */
const LEAST_WASTE_BYTES = 262_144

const encoder = new TextEncoder()

export interface PagedLine {
  source: unknown
  from: number
  to: number
}

export class LinePages {
  private page = new Uint8Array(0)
  private used = 0
  /** Bytes of all pages since the last fresh start. */
  private total = 0

  /** Writes a line and tells its holder where it stands. */
  add(holder: PagedLine, line: string): void {
    const { read, written } = encoder.encodeInto(line, this.page.subarray(this.used))
    if (read === line.length) {
      this.place(holder, written)
      return
    }
    // No UTF-16 unit takes more than three bytes.
    this.turnPage(line.length * 3)
    this.place(holder, encoder.encodeInto(line, this.page).written)
  }

  /** Moves a line that is on a page of before. */
  move(holder: PagedLine, before: Uint8Array): void {
    const length = holder.to - holder.from
    if (length > this.page.length - this.used) this.turnPage(length)
    this.page.set(before.subarray(holder.from, holder.to), this.used)
    this.place(holder, length)
  }

  /**
   * True when most of what the pages hold is of lines that were replaced.
   * @param bytes of the lines that are held
   */
  isWasteful(bytes: number): boolean {
    return this.total > 2 * bytes + LEAST_WASTE_BYTES
  }

  /** Leaves the pages to those whose lines are on them. */
  startAnew(): void {
    this.page = new Uint8Array(0)
    this.used = 0
    this.total = 0
  }

  private turnPage(needed: number): void {
    this.page = new Uint8Array(Math.max(PAGE_BYTES, needed))
    this.used = 0
    this.total += this.page.length
  }

  private place(holder: PagedLine, bytes: number): void {
    holder.source = this.page
    holder.from = this.used
    this.used += bytes
    holder.to = this.used
  }
}
