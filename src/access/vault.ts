/**
 * Secrets that we must be able to read again (TOTP) are sealed with AES-256-GCM by a key that is not in the database: a copy of the
 * database alone makes no codes.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Vault {
  /** `purpose` and owner (`totp <person id>`) must be the same to open it: a sealed secret cannot be moved to somebody else. */
  seal(text: string, purpose: string): Buffer
  /** Throws when it was sealed by another key, for another purpose, or was changed. */
  open(sealed: Buffer, purpose: string): string
}

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function makeVault(key: Buffer): Vault {
  if (key.length !== KEY_BYTES) throw new Error(`the key of the vault has ${KEY_BYTES} bytes, not ${key.length}`)
  return {
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, purpose) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(sealed.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      )
    },
  }
}

/** The key of an installation: 64 hexadecimal digits in a file that only its owner reads, made when it is not there. */
export function readVaultKey(file: string): Buffer {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold 64 hexadecimal digits`)
  return key
}
