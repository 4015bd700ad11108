import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAudio } from './audio.ts'

/** PCM, 16 bit, one channel, 8 kHz. */
function wav(seconds: number, change: Partial<{ coding: number; rate: number; data: number }> = {}): Uint8Array {
  const { coding = 1, rate = 8_000 } = change
  const size = Math.round(seconds * rate * 2)
  const bytes = new Uint8Array(44 + size)
  const view = new DataView(bytes.buffer)
  const text = (at: number, word: string): void => {
    for (const [index, letter] of [...word].entries()) view.setUint8(at + index, letter.charCodeAt(0))
  }
  text(0, 'RIFF')
  view.setUint32(4, bytes.length - 8, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, coding, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 2, true)
  text(36, 'data')
  view.setUint32(40, change.data ?? size, true)
  return bytes
}

/** MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes and 26 ms a frame. */
function mp3(frames: number): Uint8Array {
  const bytes = new Uint8Array(frames * 417)
  for (let frame = 0; frame < frames; frame++) bytes.set([0xff, 0xfb, 0x90, 0x00], frame * 417)
  return bytes
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

describe('a recording', () => {
  test('is WAV or MP3, and says how long it is', () => {
    expect(readAudio(wav(1.5))).toEqual({ format: 'wav', milliseconds: 1_500 })
    expect(readAudio(mp3(100))).toEqual({ format: 'mp3', milliseconds: 2_612 })
    const tag = Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5])
    expect(readAudio(joined(tag, mp3(50), new TextEncoder().encode(`TAG${' '.repeat(125)}`)))).toMatchObject({
      format: 'mp3',
    })
  })

  test('is known by what is in it: a picture, a text, another coding are none', () => {
    expect(readAudio(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('not-audio')
    expect(readAudio(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa]))).toBe('not-audio')
    expect(readAudio(new Uint8Array())).toBe('not-audio')
    expect(readAudio(wav(1, { coding: 85 }))).toBe('not-audio')
    expect(readAudio(wav(1, { rate: 4_000 }))).toBe('not-audio')
    expect(readAudio(joined(mp3(2), new Uint8Array(3_000).fill(7)))).toBe('not-audio')
  })

  test('that is cut off, too long or next to nothing is refused', () => {
    expect(readAudio(wav(2).subarray(0, 20_000))).toBe('truncated')
    expect(readAudio(wav(2).subarray(0, 40))).toBe('truncated')
    expect(readAudio(mp3(100).subarray(0, 41_000))).toBe('truncated')
    expect(readAudio(wav(0.05))).toBe('too-short')
    expect(readAudio(mp3(11_600))).toBe('too-long')
  })

  test('no bytes make it throw or wait', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(wav(1), mp3(10)),
        fc.nat(420),
        (noise, base, at) => {
          const bytes = Uint8Array.from(base)
          bytes.set(noise.subarray(0, bytes.length - at), at)
          expect(readAudio(bytes)).toBeDefined()
          expect(readAudio(noise)).toBeDefined()
        },
      ),
    )
  })
})
