/** The calls of a history as columns: 16 bytes a call, so that ten million of them fit where a phone system keeps its logs. */
import type { CallHistory } from '../../core/advice/types.ts'

/** Columns that grow. */
export class CallColumnsBuilder {
  private capacity = 1 << 14
  private count = 0
  private user = new Uint32Array(this.capacity)
  private answeredAt = new Uint32Array(this.capacity)
  private seconds = new Uint32Array(this.capacity)
  private target = new Uint32Array(this.capacity)

  add(user: number, answeredAt: number, seconds: number, target: number): void {
    if (this.count === this.capacity) this.grow()
    const at = this.count++
    this.user[at] = user
    this.answeredAt[at] = answeredAt
    this.seconds[at] = seconds
    this.target[at] = target
  }

  /** Ordered by answer time; calls of one second keep the order in which they came (P10: ties by id, which a file has not). */
  finish(): CallHistory {
    const { count } = this
    const view: CallHistory = {
      length: count,
      user: this.user.subarray(0, count),
      answeredAt: this.answeredAt.subarray(0, count),
      seconds: this.seconds.subarray(0, count),
      target: this.target.subarray(0, count),
    }
    return isInOrder(view.answeredAt) ? view : sorted(view)
  }

  private grow(): void {
    // By half, not double: the copy is short beside the reading, and memory is what the machine lacks.
    this.capacity += this.capacity >> 1
    this.user = grown(this.user, new Uint32Array(this.capacity))
    this.answeredAt = grown(this.answeredAt, new Uint32Array(this.capacity))
    this.seconds = grown(this.seconds, new Uint32Array(this.capacity))
    this.target = grown(this.target, new Uint32Array(this.capacity))
  }
}

function grown(old: Uint32Array<ArrayBuffer>, larger: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  larger.set(old)
  return larger
}

function isInOrder(times: Uint32Array): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i] ?? 0) < (times[i - 1] ?? 0)) return false
  return true
}

function sorted(calls: CallHistory): CallHistory {
  const order = orderOf(calls.answeredAt)
  const pick = (from: Uint32Array): Uint32Array => {
    const to = new Uint32Array(order.length)
    for (let i = 0; i < order.length; i++) to[i] = from[order[i] ?? 0] ?? 0
    return to
  }
  return {
    length: calls.length,
    user: pick(calls.user),
    answeredAt: pick(calls.answeredAt),
    seconds: pick(calls.seconds),
    target: pick(calls.target),
  }
}

/** Time and place packed into one double sort ten times as fast as a comparison of indexes; only ages of calls would not fit. */
function orderOf(times: Uint32Array): Uint32Array {
  const count = times.length
  const order = new Uint32Array(count)
  let first = 0xffff_ffff
  let last = 0
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
  }
  const factor = 2 ** Math.ceil(Math.log2(count + 1))
  if ((last - first + 1) * factor > Number.MAX_SAFE_INTEGER) {
    for (let i = 0; i < count; i++) order[i] = i
    return order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
  }
  const keys = new Float64Array(count)
  for (let i = 0; i < count; i++) keys[i] = ((times[i] ?? 0) - first) * factor + i
  keys.sort()
  for (let i = 0; i < count; i++) order[i] = (keys[i] ?? 0) % factor
  return order
}
