/** Copies of files that can be trusted: digested while they are read, on disk when the function returns. */
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, closeSync, fsyncSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

export interface CopiedFile {
  /** Below the folder that is copied, with `/`. */
  readonly path: string
  readonly bytes: number
  /** SHA-256, hexadecimal. */
  readonly digest: string
}

const CHUNK_BYTES = 1024 * 1024

/**
 * Copies `from` to `to`, which must not exist, with its mode and, as root, its owner: PostgreSQL opens no data of another account. A file
 * that grows meanwhile is copied as far as it is read.
 */
export async function copyFile(from: string, to: string): Promise<Omit<CopiedFile, 'path'>> {
  const source = await open(from, 'r')
  try {
    const { mode, uid, gid } = await source.stat()
    const target = await open(to, 'wx', mode & 0o777)
    try {
      const copied = await pour(source, target)
      if (process.getuid?.() === 0) await target.chown(uid, gid)
      await target.chmod(mode & 0o777)
      await target.sync()
      return copied
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** So many files at a time: of a thousand small ones each alone would wait for the disk. */
const AT_ONCE = 16

/** Does `act` with each, some at a time. After one that fails none is begun; its error is thrown when none is under way any more. */
export async function forEachFile<T>(files: readonly T[], act: (file: T) => Promise<void>): Promise<void> {
  const waiting = [...files].reverse()
  const work = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      await act(file).catch((error: unknown) => {
        waiting.length = 0
        throw error
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Writes a file of ours beside copies, for the owner of `folder`. */
export function writeLike(folder: string, path: string, text: string): Omit<CopiedFile, 'path'> {
  writeFileSync(path, text, { mode: 0o600, flush: true })
  const { uid, gid } = statSync(folder)
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
  return { bytes: Buffer.byteLength(text), digest: createHash('sha256').update(text).digest('hex') }
}

async function pour(source: FileHandle, target: FileHandle): Promise<Omit<CopiedFile, 'path'>> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, bytes)
    if (bytesRead === 0) return { bytes, digest: hash.digest('hex') }
    const part = buffer.subarray(0, bytesRead)
    hash.update(part)
    await target.writeFile(part)
    bytes += bytesRead
  }
}

/** The names in a folder are on disk when it returns; without it a power cut may forget a rename. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** A folder with the mode and, as root, the owner of another. */
export function makeFolder(like: string, folder: string): void {
  const { uid, gid, mode } = statSync(like)
  mkdirSync(folder)
  if (process.getuid?.() === 0) chownSync(folder, uid, gid)
  chmodSync(folder, mode & 0o777)
}
