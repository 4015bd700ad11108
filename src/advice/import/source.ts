/**
 * A file of call records as a stream of UTF-8 bytes, whatever it is: plain, gzip, or a zip with CSV files in it; UTF-8, UTF-16 with
 * a byte order mark, or Windows-1252. Nothing is unpacked to disk, and what would unpack without end is refused.
 */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'

/** Call records shrink to a tenth; what shrinks to less than a two-hundredth was made to fill a disk. */
export const UNPACK_RATIO_MAX = 200
/** 100 million records of 160 bytes. */
export const UNPACK_BYTES_MAX = 16 * 1024 ** 3
const RATIO_COUNTS_FROM_BYTES = 16 * 1024 ** 2
const CHUNK_BYTES = 1 << 20
const SNIFF_BYTES = 1 << 16

export interface Source {
  /** The file, and inside a zip the entry: `Calls.zip/PSTN.calls.csv`. */
  readonly name: string
  /** Bytes on disk, for the progress; an entry's share of its zip. */
  readonly packedBytes: number
  readonly encoding: Encoding
  readonly chunks: AsyncIterable<Uint8Array>
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** What makes a file unreadable as a whole; each line of a readable one has its own verdict. */
export class SourceError extends Error {
  readonly code: 'zip-bomb' | 'zip-broken' | 'zip-encrypted' | 'no-records'

  constructor(code: SourceError['code'], name: string) {
    super(`${code}: ${name}`)
    this.code = code
  }
}

/** The streams of one file, one after the other. Throws `SourceError`, and what the file system throws. */
export async function* sourcesOf(path: string, name: string): AsyncGenerator<Source> {
  const { size } = await stat(path)
  const head = await headOf(path)
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) yield* entriesOf(path, name)
  else if (head[0] === 0x1f && head[1] === 0x8b) {
    const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
    file.on('error', (error) => gunzip.destroy(error))
    yield await sourceOf(
      name,
      size,
      guarded(file.pipe(gunzip), name, () => size),
    )
  } else yield await sourceOf(name, size, createReadStream(path, { highWaterMark: CHUNK_BYTES }))
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function* entriesOf(path: string, name: string): AsyncGenerator<Source> {
  let zip: ZipFile
  try {
    zip = await openPromise(path, { lazyEntries: true, validateEntrySizes: true })
  } catch {
    throw new SourceError('zip-broken', name)
  }
  let found = 0
  try {
    for await (const entry of zip.eachEntry()) {
      if (!/\.(csv|txt|tsv)$/i.test(entry.fileName)) continue
      found++
      const entryName = `${name}/${entry.fileName}`
      yield await sourceOf(entryName, entry.compressedSize, await readEntry(zip, entry, entryName))
    }
  } catch (error) {
    if (error instanceof SourceError || !isZipError(error)) throw error
    throw new SourceError('zip-broken', name)
  } finally {
    zip.close()
  }
  if (found === 0) throw new SourceError('no-records', name)
}

const isZipError = (error: unknown): boolean =>
  error instanceof Error && (!('code' in error) || /^(Z_|ERR_)/.test(String(error.code)))

async function readEntry(zip: ZipFile, entry: Entry, name: string): Promise<AsyncIterable<Uint8Array>> {
  if (entry.isEncrypted()) throw new SourceError('zip-encrypted', name)
  // What the directory of the zip claims is checked first: a bomb that says so is not even opened.
  if (isBomb(entry.uncompressedSize, entry.compressedSize)) throw new SourceError('zip-bomb', name)
  const stream: Readable = await zip.openReadStreamPromise(entry)
  return guarded(stream, name, () => entry.compressedSize)
}

const isBomb = (unpacked: number, packed: number): boolean =>
  unpacked > UNPACK_BYTES_MAX || (unpacked > RATIO_COUNTS_FROM_BYTES && unpacked > packed * UNPACK_RATIO_MAX)

async function* guarded(stream: Readable, name: string, packed: () => number): AsyncGenerator<Uint8Array> {
  let unpacked = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    unpacked += chunk.length
    if (isBomb(unpacked, packed())) {
      stream.destroy()
      throw new SourceError('zip-bomb', name)
    }
    yield chunk
  }
}

async function sourceOf(name: string, packedBytes: number, stream: AsyncIterable<Uint8Array>): Promise<Source> {
  const chunks = stream[Symbol.asyncIterator]()
  const begun: Uint8Array[] = []
  let sniffed = 0
  while (sniffed < SNIFF_BYTES) {
    const next = await chunks.next()
    if (next.done) break
    begun.push(next.value)
    sniffed += next.value.length
  }
  const encoding = encodingOf(Buffer.concat(begun))
  const all = rejoined(begun, chunks)
  return { name, packedBytes, encoding, chunks: encoding === 'utf-8' ? withoutMark(all) : transcoded(all, encoding) }
}

async function* rejoined(begun: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* begun
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const chunk of chunks) {
    const hasMark = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf
    isFirst = false
    yield hasMark ? chunk.subarray(3) : chunk
  }
}

async function* transcoded(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }))
  yield Buffer.from(decoder.decode())
}

/** By the byte order mark; without one UTF-8 where it can be, and Windows-1252 where it cannot. */
export function encodingOf(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  // Text whose every second byte is zero is UTF-16 that lost its mark.
  if (head.length >= 4 && head[1] === 0 && head[3] === 0) return 'utf-16le'
  if (head.length >= 4 && head[0] === 0 && head[2] === 0) return 'utf-16be'
  try {
    // `stream`: the sample may end inside a character.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}
