/** Text to speech behind a port. The engine that comes with the packages is espeak-ng, as a child process for each text. */
import { spawn } from 'node:child_process'
import type { Language } from '../core/problems.ts'
import { findProgram } from '../postgres/process.ts'

export interface SpeechEngine {
  /** A WAV file of the text. Throws when the engine fails. */
  speak(text: string, language: Language): Promise<Buffer>
}

const VOICES: Readonly<Record<Language, string>> = { en: 'en-us', fr: 'fr-fr' }
const WORDS_A_MINUTE = 150
const SPEAK_WITHIN_MS = 20_000

/** espeak-ng; null where it is not installed: then recordings can only be uploaded. */
export function findEspeak(): SpeechEngine | null {
  const binary = findProgram('espeak-ng')
  return binary === null ? null : { speak: (text, language) => espeak(binary, text, language) }
}

function espeak(binary: string, text: string, language: Language): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The text goes by stdin: a line that begins with a dash is no option.
    const child = spawn(binary, ['-v', VOICES[language], '-s', String(WORDS_A_MINUTE), '--stdin', '--stdout'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: SPEAK_WITHIN_MS,
    })
    const pieces: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(withSizes(Buffer.concat(pieces)))
      else reject(new Error(`espeak-ng ended with ${code}`))
    })
    child.stdin.once('error', reject)
    child.stdin.end(text)
  })
}

/** A pipe cannot be rewound, so espeak-ng leaves the sizes of the file open: 44 bytes of header, then samples to the end. */
function withSizes(wav: Buffer): Buffer {
  if (wav.length > 44) {
    wav.writeUInt32LE(wav.length - 8, 4)
    wav.writeUInt32LE(wav.length - 44, 40)
  }
  return wav
}
