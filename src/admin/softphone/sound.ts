/** Sound without files: tones that ring, and how loud something is. */

let shared: AudioContext | null = null

/** One for the tab: browsers allow few. It may sleep until its person has clicked somewhere. */
export function audio(): AudioContext {
  shared ??= new AudioContext()
  if (shared.state === 'suspended') void shared.resume()
  return shared
}

interface Cadence {
  readonly frequencies: readonly number[]
  readonly onSeconds: number
  readonly everySeconds: number
  readonly loudness: number
}

/** What a telephone does when it rings, what its caller hears, and a line that is busy. */
const CADENCES = {
  ring: { frequencies: [660, 880], onSeconds: 1, everySeconds: 3, loudness: 0.16 },
  ringback: { frequencies: [440, 480], onSeconds: 2, everySeconds: 6, loudness: 0.05 },
} as const satisfies Record<string, Cadence>

/** Plays until the function that it returns is called. */
export function play(name: keyof typeof CADENCES): () => void {
  const { frequencies, onSeconds, everySeconds, loudness } = CADENCES[name]
  const context = audio()
  const gain = new GainNode(context, { gain: 0 })
  gain.connect(context.destination)
  const tones = frequencies.map((frequency) => new OscillatorNode(context, { frequency }))
  for (const tone of tones) {
    tone.connect(gain)
    tone.start()
  }
  const once = (): void => {
    const now = context.currentTime
    gain.gain.setTargetAtTime(loudness, now, 0.02)
    gain.gain.setTargetAtTime(0, now + onSeconds, 0.02)
  }
  once()
  const timer = setInterval(once, everySeconds * 1000)
  return () => {
    clearInterval(timer)
    for (const tone of tones) tone.stop()
    gain.disconnect()
  }
}

/** A melody as a stream: what the other end of a test sends. */
export function melody(): { readonly stream: MediaStream; readonly stop: () => void } {
  const context = audio()
  const end = context.createMediaStreamDestination()
  const gain = new GainNode(context, { gain: 0.25 })
  const tone = new OscillatorNode(context, { frequency: 523 })
  tone.connect(gain).connect(end)
  tone.start()
  let note = 0
  const NOTES = [523, 659, 784, 659] as const
  const timer = setInterval(() => {
    note += 1
    tone.frequency.setTargetAtTime(NOTES[note % NOTES.length] ?? 523, context.currentTime, 0.01)
  }, 350)
  return {
    stream: end.stream,
    stop: () => {
      clearInterval(timer)
      tone.stop()
    },
  }
}

/** How loud a stream is now, from 0 to 1: the root of the mean square, with quiet speech drawn out. */
export function meter(stream: MediaStream): { readonly read: () => number; readonly stop: () => void } {
  const context = audio()
  const source = context.createMediaStreamSource(stream)
  const analyser = new AnalyserNode(context, { fftSize: 512 })
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  return {
    read: () => {
      analyser.getFloatTimeDomainData(samples)
      const mean = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      return Math.min(1, Math.sqrt(mean) * 4)
    },
    stop: () => source.disconnect(),
  }
}
