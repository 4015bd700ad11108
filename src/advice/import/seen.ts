/** Which records were met before, over several files: 64 bits of each record's identity, in open addressing. */

/** With ten million records the odds that two different ones share their 64 bits are one in 370,000. */
export class SeenRecords {
  private slots = new Uint32Array(1 << 17)
  private count = 0
  private high = 0
  private low = 0

  /** Begins the identity of a record. */
  begin(): void {
    this.high = 0x811c9dc5
    this.low = 0x9747b28c
  }

  /** A field of it; fields are kept apart, so that `ab`, `c` is not `a`, `bc`. */
  mix(bytes: Uint8Array, start: number, end: number): void {
    let { high, low } = this
    let i = start
    // Four bytes at a time: identities are long, and this is a tenth of the whole import.
    for (; i + 4 <= end; i += 4) {
      const word =
        (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)
      high = Math.imul(high ^ word, 0x01000193)
      high ^= high >>> 15
      low = Math.imul(low ^ word, 0x5bd1e995)
      low ^= low >>> 13
    }
    for (; i < end; i++) {
      high = Math.imul(high ^ (bytes[i] ?? 0), 0x01000193)
      low = Math.imul(low ^ (bytes[i] ?? 0), 0x5bd1e995)
    }
    this.high = Math.imul(high ^ 0x1ff, 0x01000193)
    this.low = Math.imul(low ^ 0x1ff, 0x5bd1e995)
  }

  /** True if this identity was finished before. */
  finish(): boolean {
    const high = finalMix(this.high)
    // Zero marks an empty slot.
    const low = finalMix(this.low ^ high) || 1
    if (this.count * 4 > this.slots.length) this.grow()
    const at = this.find(high, low)
    if (this.slots[at + 1] !== 0) return true
    this.slots[at] = high
    this.slots[at + 1] = low
    this.count++
    return false
  }

  private find(high: number, low: number): number {
    const mask = this.slots.length - 1
    let at = (high << 1) & mask
    while (this.slots[at + 1] !== 0 && (this.slots[at] !== high || this.slots[at + 1] !== low)) at = (at + 2) & mask
    return at
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Uint32Array(old.length * 2)
    for (let i = 0; i < old.length; i += 2) {
      const high = old[i] ?? 0
      const low = old[i + 1] ?? 0
      if (low === 0) continue
      const at = this.find(high, low)
      this.slots[at] = high
      this.slots[at + 1] = low
    }
  }
}

/** MurmurHash3's last step: every bit of the input moves half of those of the result. */
function finalMix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
