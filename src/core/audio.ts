/** Is it really sound that can be played: WAV or MP3, whole, of a sensible length. By what is in the file, whatever its name says. */

export interface Audio {
  readonly format: 'wav' | 'mp3'
  readonly milliseconds: number
}

export type AudioFault = 'not-audio' | 'truncated' | 'too-long' | 'too-short'

export const AUDIO_BYTES_MAX = 5 * 1_048_576
export const AUDIO_SECONDS_MAX = 300
const AUDIO_MS_MIN = 200

/** Reads the frames of the file, not its sound. Never throws: the bytes come from outside. */
export function readAudio(bytes: Uint8Array): Audio | AudioFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const audio = textAt(view, 0) === 'RIFF' && textAt(view, 8) === 'WAVE' ? readWav(view) : readMp3(view)
  if (typeof audio === 'string') return audio
  if (audio.milliseconds > AUDIO_SECONDS_MAX * 1000) return 'too-long'
  return audio.milliseconds < AUDIO_MS_MIN ? 'too-short' : audio
}

const textAt = (view: DataView, at: number): string =>
  at + 4 <= view.byteLength
    ? String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
    : ''

/** PCM, floating point, A-law and µ-law, and their extensible form: what rtpengine and browsers play. */
const WAV_CODINGS: readonly number[] = [1, 3, 6, 7, 0xfffe]

function readWav(view: DataView): Audio | AudioFault {
  let bytesPerSecond = 0
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const name = textAt(view, at)
    const size = view.getUint32(at + 4, true)
    if (name === 'fmt ') {
      if (size < 16 || at + 24 > view.byteLength) return 'not-audio'
      const [coding, channels] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)]
      const samplesPerSecond = view.getUint32(at + 12, true)
      bytesPerSecond = view.getUint32(at + 16, true)
      const isPlayable = WAV_CODINGS.includes(coding) && (channels === 1 || channels === 2)
      if (!isPlayable || samplesPerSecond < 8_000 || samplesPerSecond > 48_000 || bytesPerSecond === 0)
        return 'not-audio'
    } else if (name === 'data') {
      if (bytesPerSecond === 0) return 'not-audio'
      if (at + 8 + size > view.byteLength) return 'truncated'
      return { format: 'wav', milliseconds: Math.round((size * 1000) / bytesPerSecond) }
    }
    // Chunks are padded to an even length.
    at += 8 + size + (size % 2)
  }
  return 'truncated'
}

const KBPS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const KBPS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const HERTZ_1 = [44_100, 48_000, 32_000]
/** Of frames that are there in a row, so that a stray pattern in a picture is no music. */
const MP3_FRAMES_MIN = 4

interface Frame {
  readonly bytes: number
  readonly milliseconds: number
}

/** The MPEG layer III frame whose header is at `at`; null when there is none. */
function frameAt(view: DataView, at: number): Frame | null {
  if (at + 4 > view.byteLength) return null
  const header = view.getUint32(at)
  const [version, layer] = [(header >>> 19) & 3, (header >>> 17) & 3]
  if (header >>> 21 !== 0x7ff || version === 1 || layer !== 1) return null
  const kbps = (version === 3 ? KBPS_1 : KBPS_2)[(header >>> 12) & 15] ?? 0
  const hertz = (HERTZ_1[(header >>> 10) & 3] ?? 0) / (version === 3 ? 1 : version === 2 ? 2 : 4)
  if (kbps === 0 || hertz === 0) return null
  const samples = version === 3 ? 1_152 : 576
  const padding = (header >>> 9) & 1
  return { bytes: Math.floor((samples * kbps * 125) / hertz) + padding, milliseconds: (samples * 1000) / hertz }
}

function readMp3(view: DataView): Audio | AudioFault {
  let at = 0
  if (textAt(view, 0).startsWith('ID3') && view.byteLength >= 10) {
    // Its length is four times seven bits.
    at = 10 + [6, 7, 8, 9].reduce((size, byte) => size * 128 + (view.getUint8(byte) & 0x7f), 0)
    // Some writers leave zeros behind it.
    while (at < view.byteLength && view.getUint8(at) === 0) at += 1
    if (at >= view.byteLength) return 'truncated'
  }
  let frames = 0
  let milliseconds = 0
  for (let frame = frameAt(view, at); frame !== null; frame = frameAt(view, at)) {
    if (at + frame.bytes > view.byteLength) return frames < MP3_FRAMES_MIN ? 'not-audio' : 'truncated'
    frames += 1
    milliseconds += frame.milliseconds
    at += frame.bytes
  }
  if (frames < MP3_FRAMES_MIN) return 'not-audio'
  // What may follow is a tag; anything else is a frame of which the beginning was lost.
  const rest = textAt(view, at)
  const isWhole =
    at === view.byteLength || rest.startsWith('TAG') || rest === 'APET' || rest === 'LYRI' || isZeros(view, at)
  return isWhole ? { format: 'mp3', milliseconds: Math.round(milliseconds) } : 'truncated'
}

function isZeros(view: DataView, from: number): boolean {
  for (let at = from; at < view.byteLength; at++) if (view.getUint8(at) !== 0) return false
  return true
}
