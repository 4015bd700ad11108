/** Recordings as files that rtpengine can play. The database has them; here each lies once, under a name that never means another. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sentence, Words } from '../core/attendant.ts'
import type { TenantId } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import type { Queryable } from '../store/db.ts'
import { findPrompts, promptContent } from '../store/prompt.ts'
import { SENTENCES } from './sentences.ts'
import type { SpeechEngine } from './speech.ts'

export interface Recording {
  readonly file: string
  readonly milliseconds: number | null
}

export interface Prompts {
  /** The file of what is to be said; null where there is none: a recording that is gone, or nothing that could speak. */
  recordingOf(tenantId: TenantId, words: Words, language: Language): Promise<Recording | null>
  /** What a caller hears while a telephone rings. */
  readonly ringback: string
}

/** Keeps the files in `home`/media/prompts. */
export function makePrompts(options: {
  readonly db: Queryable
  readonly home: string
  /** Null: sentences of our own are left out. */
  readonly speech: SpeechEngine | null
}): Prompts {
  const { db, speech } = options
  const folder = join(options.home, 'media', 'prompts')
  mkdirSync(folder, { recursive: true, mode: 0o700 })

  const keep = (name: string, content: Buffer): string => {
    const file = join(folder, name)
    // Never half a file under its name, whoever else writes the same.
    const part = `${file}.${randomBytes(6).toString('hex')}`
    writeFileSync(part, content, { mode: 0o600 })
    renameSync(part, file)
    return file
  }

  async function spoken(sentence: Sentence, language: Language): Promise<Recording | null> {
    const text = SENTENCES[sentence][language]
    const name = `${sentence}-${language}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.wav`
    const file = join(folder, name)
    if (existsSync(file)) return { file, milliseconds: null }
    return speech === null ? null : { file: keep(name, await speech.speak(text, language)), milliseconds: null }
  }

  return {
    ringback: keep('ringback.wav', ringbackTone()),
    async recordingOf(tenantId, words, language) {
      if ('say' in words) return spoken(words.say, language)
      const [prompt] = await findPrompts(db, tenantId, [words.prompt])
      if (!prompt) return null
      const { milliseconds, format } = prompt
      const name = `${prompt.promptId}.${format}`
      const file = join(folder, name)
      if (existsSync(file)) return { file, milliseconds }
      const sound = await promptContent(db, tenantId, prompt.promptId)
      return sound === null ? null : { file: keep(name, sound.content), milliseconds }
    },
  }
}

const HERTZ = 8_000
const RINGING_SECONDS = 2
const PERIOD_SECONDS = 6

/** 440 and 480 Hz, two seconds on and four off, as in North America. */
function ringbackTone(): Buffer {
  const samples = Buffer.alloc(44 + HERTZ * PERIOD_SECONDS * 2)
  for (let at = 0; at < HERTZ * RINGING_SECONDS; at++) {
    const angle = (2 * Math.PI * at) / HERTZ
    samples.writeInt16LE(Math.round(4_000 * (Math.sin(440 * angle) + Math.sin(480 * angle))), 44 + 2 * at)
  }
  samples.write('RIFF', 0, 'latin1')
  samples.writeUInt32LE(samples.length - 8, 4)
  samples.write('WAVEfmt ', 8, 'latin1')
  samples.writeUInt32LE(16, 16)
  samples.writeUInt16LE(1, 20)
  samples.writeUInt16LE(1, 22)
  samples.writeUInt32LE(HERTZ, 24)
  samples.writeUInt32LE(HERTZ * 2, 28)
  samples.writeUInt16LE(2, 32)
  samples.writeUInt16LE(16, 34)
  samples.write('data', 36, 'latin1')
  samples.writeUInt32LE(samples.length - 44, 40)
  return samples
}
