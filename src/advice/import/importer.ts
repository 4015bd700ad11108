/**
 * Reads call histories into columns (G1): streaming, a verdict for each line, each call once however many files hold it. Nothing
 * leaves the machine, and nothing of a line is kept but who called which prefix, when, and for how long.
 */
import type { LinesRead } from '../../core/advice/set-aside.ts'
import { freeTarget, targetKey, targetOf } from '../../core/advice/target.ts'
import type { AdviceUser, CallHistory, CallTarget } from '../../core/advice/types.ts'
import { type LineVerdict, UNREADABLE, type Verdict } from '../../core/advice/verdict.ts'
import { type Country, parseCountry } from '../../core/country.ts'
import type { Currency } from '../../core/money.ts'
import type { RateDeck } from '../../core/rate-deck.ts'
import type { Instant, TimeZone } from '../../core/time.ts'
import { ByteCsv, type ByteRecord, textOf } from './byte-csv.ts'
import { CallColumnsBuilder } from './call-columns.ts'
import { AccPairing } from './kamailio.ts'
import { type ColumnMapping, detectLayout, type Layout, type LayoutName, type Unknown } from './layout.ts'
import { makeNumberReader, readDialled } from './number-reader.ts'
import { SeenRecords } from './seen.ts'
import { type Encoding, type Source, sourcesOf } from './source.ts'
import { type DateOrder, makeTimeReader } from './time-reader.ts'

export interface ImportOptions {
  /** Where users are whose lines do not say it, and how numbers without `+` are dialled. */
  readonly country: Country
  /** Of times that name no zone. */
  readonly timeZone: TimeZone
  readonly outsidePrefix: string
  readonly dateOrder: DateOrder | null
  readonly mapping: ColumnMapping
  readonly deck: RateDeck
  readonly currency: Currency
  /** The rates of this moment price all calls: the advice is about what to buy now. */
  readonly at: Instant
}

export interface ImportedFile {
  readonly name: string
  readonly layout: LayoutName
  readonly delimiter: string
  readonly encoding: Encoding
  readonly lines: number
}

export interface Import {
  readonly users: readonly AdviceUser[]
  /** Names of users by their index, where the files have them. */
  readonly names: ReadonlyMap<number, string>
  readonly targets: readonly CallTarget[]
  readonly calls: CallHistory
  readonly files: readonly ImportedFile[]
  /** How many lines had which verdict; they add up to all lines of all files. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>
  /** Lines that could not be used although they may have been calls. */
  readonly unreadable: number
  /** What of the lines without a number would make most of them readable. */
  readonly outsideHint: LinesRead['outsideHint']
  /** Lines whose time named no zone. */
  readonly localTimes: number
  /** Calls of users for whom the lines name different countries; the first one holds. */
  readonly movedUsers: number
}

/** The file is no table of calls that we know; with its header, so that somebody can say which column is which. */
export class UnknownLayout extends Error {
  readonly file: string
  readonly unknown: Unknown

  constructor(file: string, unknown: Unknown) {
    super(`no call records that are known: ${file}`)
    this.file = file
    this.unknown = unknown
  }
}

export interface ImportProgress {
  readonly file: string
  readonly bytes: number
  readonly lines: number
}

export interface ImportHooks {
  /** After each block of a file. */
  onProgress?(progress: ImportProgress): void
  /** Each line that is not in the advice, and why. */
  onVerdict?(verdict: LineVerdict): void
}

const HEAD_BYTES = 1 << 16
const WEEK_SECONDS = 7 * 86_400

/** Reads the files in the given order. Throws `UnknownLayout`, `SourceError`, and what the file system throws. */
export async function importCalls(
  files: readonly { readonly path: string; readonly name: string }[],
  options: ImportOptions,
  hooks: ImportHooks = {},
): Promise<Import> {
  const importer = new Importer(options, hooks)
  for (const { path, name } of files) for await (const source of sourcesOf(path, name)) await importer.read(source)
  return importer.finish()
}

class Importer {
  private readonly options: ImportOptions
  private readonly hooks: ImportHooks
  private readonly calls = new CallColumnsBuilder()
  private readonly userIndex = new Map<string, number>()
  private readonly users: AdviceUser[] = []
  private readonly names = new Map<number, string>()
  private readonly targetIndex = new Map<string, number>()
  private readonly targets: CallTarget[] = []
  /** By location, then by dialled text: most numbers are called again. */
  private readonly targetOfText = new Map<Country, Map<string, number>>()
  private readonly countryTexts: string[] = []
  private readonly kinds = new Map<string, CallTypeWord>()
  private readonly seen = new SeenRecords()
  private readonly acc = new AccPairing()
  private readonly readNumber: ReturnType<typeof makeNumberReader>
  private readonly readTime: ReturnType<typeof makeTimeReader>
  private readonly counts: Partial<Record<Verdict, number>> = {}
  private readonly files: ImportedFile[] = []
  /** Dialled texts that are no numbers, with how often. */
  private readonly noNumbers = new Map<string, number>()
  private localTimes = 0
  private movedUsers = 0

  constructor(options: ImportOptions, hooks: ImportHooks) {
    this.options = options
    this.hooks = hooks
    this.readNumber = makeNumberReader(options)
    this.readTime = makeTimeReader(options.timeZone, options.dateOrder)
  }

  async read({ name, encoding, chunks }: Source): Promise<void> {
    let head: Uint8Array = new Uint8Array()
    let csv: ByteCsv | null = null
    let layout: Layout | null = null
    let bytes = 0
    let lines = 0
    const begin = (): ByteCsv => {
      const detected = detectLayout(head, this.options.mapping)
      if ('unknown' in detected) throw new UnknownLayout(name, detected.unknown)
      const found = detected.layout
      layout = found
      let isHeader = found.hasHeader
      const made = new ByteCsv(found.delimiter, (record) => {
        if (isHeader) {
          isHeader = false
          return
        }
        if (record.fieldCount === 1 && record.flaw === null && record.starts[0] === record.ends[0]) return
        lines++
        this.line(name, record, found)
      })
      made.push(head)
      return made
    }
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (csv) csv.push(chunk)
      else {
        head = Buffer.concat([head, chunk])
        if (head.length >= HEAD_BYTES) csv = begin()
      }
      this.hooks.onProgress?.({ file: name, bytes, lines })
    }
    csv ??= begin()
    csv.end()
    this.hooks.onProgress?.({ file: name, bytes, lines })
    const { name: layoutName, delimiter } = layout as unknown as Layout
    this.files.push({ name, layout: layoutName, delimiter, encoding, lines })
  }

  finish(): Import {
    for (const { file, line } of this.acc.finish()) this.verdict(file, line, 'end-unknown')
    const { users, names, targets, files, counts, localTimes, movedUsers } = this
    let unreadable = 0
    for (const [verdict, count] of Object.entries(counts)) if (UNREADABLE.has(verdict as Verdict)) unreadable += count
    return {
      users,
      names,
      targets,
      calls: this.calls.finish(),
      files,
      verdicts: counts,
      unreadable,
      outsideHint: outsideHintOf(this.noNumbers, this.options),
      localTimes,
      movedUsers,
    }
  }

  private verdict(file: string, line: number, verdict: Verdict): void {
    this.counts[verdict] = (this.counts[verdict] ?? 0) + 1
    if (verdict !== 'call' && verdict !== 'inbound') this.hooks.onVerdict?.({ file, line, verdict })
  }

  private line(file: string, record: ByteRecord, layout: Layout): void {
    const verdict = layout.name === 'kamailio-acc' ? this.accLine(file, record, layout) : this.callLine(record, layout)
    if (verdict !== null) this.verdict(file, record.line, verdict)
  }

  private callLine(record: ByteRecord, layout: Layout): Verdict {
    const { columns } = layout
    if (record.flaw !== null) return record.flaw
    if (record.fieldCount <= Math.max(columns.user, columns.number, columns.time, columns.seconds))
      return 'wrong-columns'
    const kind = this.kindOf(columns.kind === -1 ? '' : latin(record, columns.kind))
    if (kind === 'other-leg') return 'other-leg'
    const seconds = readSeconds(record, columns.seconds)
    if (seconds === null) return 'no-duration'
    if (seconds < 0) return 'negative-duration'
    if (seconds > WEEK_SECONDS) return 'too-long-a-call'
    const isAnswered = seconds > 0 && kind !== 'unanswered'
    const { seconds: at, isLocal } = this.readTime(
      record.bytes,
      record.starts[columns.time] ?? 0,
      record.ends[columns.time] ?? 0,
    )
    // A call that nobody answered often has no answer time; it still was a call.
    if (at === -1) return isAnswered ? 'no-time' : 'unanswered'
    if (this.isKnown(record, layout)) return 'duplicate'
    if (!isAnswered) return 'unanswered'
    const verdict = this.call(record, columns, kind === 'inbound', at, seconds)
    if (isLocal && (verdict === 'call' || verdict === 'inbound')) this.localTimes++
    return verdict
  }

  /** By the record's own id; without one, by who called whom when and for how long. */
  private isKnown({ bytes, starts, ends, fieldCount }: ByteRecord, { columns }: Layout): boolean {
    const { seen } = this
    seen.begin()
    const hasId = columns.id !== -1 && columns.id < fieldCount && (ends[columns.id] ?? 0) > (starts[columns.id] ?? 0)
    const identity = hasId ? [columns.id] : [columns.user, columns.number, columns.time, columns.seconds]
    for (const field of identity) seen.mix(bytes, starts[field] ?? 0, ends[field] ?? 0)
    return seen.finish()
  }

  private call(
    record: ByteRecord,
    columns: Layout['columns'],
    isInbound: boolean,
    at: number,
    seconds: number,
  ): Verdict {
    const caller = latin(record, columns.user).trim()
    const dialled = latin(record, columns.number).trim()
    // In a PBX's own record whoever has an extension is the user; in an export with call types the user stands where he always stands.
    const isUserCalled = isExtension(dialled) && isNumber(caller)
    const isIn = isInbound || isUserCalled
    const userField = isUserCalled ? columns.number : columns.user
    if (latin(record, userField).trim() === '') return 'no-user'
    const user = this.userOf(record, userField, columns)
    if (isIn) {
      this.calls.add(user, at, seconds, this.free('inbound'))
      return 'inbound'
    }
    const location = this.users[user]?.location ?? this.options.country
    let known = this.targetOfText.get(location)
    if (!known || known.size >= MEMO_MAX) {
      known = new Map()
      this.targetOfText.set(location, known)
    }
    let target = known.get(dialled)
    if (target === undefined) {
      const number = this.readNumber(dialled)
      if (number.kind === 'none') {
        const before = this.noNumbers.get(dialled)
        if (before !== undefined || this.noNumbers.size < NO_NUMBERS_MAX) this.noNumbers.set(dialled, (before ?? 0) + 1)
        return 'no-number'
      }
      if (number.kind === 'external') target = this.intern(targetOf(number.number, location, this.options))
      else target = this.free(number.kind === 'extension' ? 'internal' : 'emergency')
      known.set(dialled, target)
    }
    this.calls.add(user, at, seconds, target)
    const { kind: targetKind } = this.targets[target] ?? { kind: 'barred' }
    return targetKind === 'internal' || targetKind === 'emergency' ? targetKind : 'call'
  }

  private kindOf(text: string): CallTypeWord {
    let kind = this.kinds.get(text)
    if (kind === undefined) {
      kind = callTypeWord(text)
      if (this.kinds.size < KINDS_MAX) this.kinds.set(text, kind)
    }
    return kind
  }

  private userOf(record: ByteRecord, field: number, columns: Layout['columns']): number {
    const key = latin(record, field).trim()
    const countryText = columns.country === -1 ? '' : latin(record, columns.country)
    const known = this.userIndex.get(key)
    if (known !== undefined) {
      if (countryText !== this.countryTexts[known]) this.movedUsers++
      return known
    }
    const country = parseCountry(countryText.trim().toUpperCase())
    this.countryTexts.push(countryText)
    const index = this.users.length
    this.userIndex.set(key, index)
    this.users.push({ key: textOf(record, field).trim(), location: country ?? this.options.country })
    const name = columns.userName === -1 ? '' : textOf(record, columns.userName).trim()
    if (name !== '') this.names.set(index, name)
    return index
  }

  private free(kind: 'internal' | 'emergency' | 'inbound'): number {
    return this.intern(freeTarget(kind))
  }

  private intern(target: CallTarget): number {
    const key = targetKey(target)
    const known = this.targetIndex.get(key)
    if (known !== undefined) return known
    this.targetIndex.set(key, this.targets.length)
    return this.targets.push(target) - 1
  }

  private accLine(file: string, record: ByteRecord, { columns, hasHeader }: Layout): Verdict | null {
    if (record.flaw !== null) return record.flaw
    if (record.fieldCount <= columns.number) return 'wrong-columns'
    // By name or by the order of Kamailio's own table: method, from_tag, to_tag, callid, sip_code follow each other.
    const method = columns.kind
    const { seconds: at } = this.readTime(
      record.bytes,
      record.starts[columns.time] ?? 0,
      record.ends[columns.time] ?? 0,
    )
    if (at === -1) return 'no-time'
    const event = {
      method: textOf(record, method),
      fromTag: textOf(record, method + 1),
      toTag: textOf(record, method + 2),
      callId: textOf(record, hasHeader ? method + 3 : columns.id),
      sipCode: textOf(record, method + 4),
      at,
      user: textOf(record, columns.user).trim(),
      number: textOf(record, columns.number).trim(),
      file,
      line: record.line,
    }
    const paired = this.acc.add(event)
    if (paired === null) return null
    if (typeof paired === 'string') return paired
    const { event: invite, seconds } = paired
    if (seconds === null) return 'end-unknown'
    // The other half of the pair has its verdict here: an event is a line, a call is two.
    this.verdict(invite.file, invite.line, 'call')
    if (seconds < 0) return 'negative-duration'
    if (seconds > WEEK_SECONDS) return 'too-long-a-call'
    return this.accCall(invite.user, invite.number, invite.at, seconds)
  }

  private accCall(caller: string, dialled: string, at: number, seconds: number): Verdict {
    const text = Buffer.from(`${caller}\n${dialled}`)
    const split = text.indexOf(0x0a)
    const record: ByteRecord = {
      bytes: text,
      starts: Int32Array.of(0, split + 1),
      ends: Int32Array.of(split, text.length),
      escaped: new Uint8Array(2),
      fieldCount: 2,
      line: 0,
      flaw: null,
    }
    const columns = { id: -1, user: 0, userName: -1, country: -1, number: 1, time: -1, seconds: -1, kind: -1 }
    return this.call(record, columns, false, at, seconds)
  }
}

/** Enough to tell what they have in common. */
const NO_NUMBERS_MAX = 2_000
const HINT_SHARE = 0.2

/** The digit that, dialled for an outside line, would turn most of these into numbers; null where none explains a fifth of them. */
function outsideHintOf(noNumbers: ReadonlyMap<string, number>, options: ImportOptions): LinesRead['outsideHint'] {
  let all = 0
  for (const lines of noNumbers.values()) all += lines
  let best: LinesRead['outsideHint'] = null
  for (let digit = 0; digit <= 9; digit++) {
    const prefix = String(digit)
    let lines = 0
    for (const [text, count] of noNumbers)
      if (readDialled(text, { ...options, outsidePrefix: prefix }).kind === 'external') lines += count
    if (lines > (best?.lines ?? HINT_SHARE * all)) best = { prefix, lines }
  }
  return best
}

const MEMO_MAX = 400_000
const KINDS_MAX = 1_000

type CallTypeWord = 'outbound' | 'inbound' | 'unanswered' | 'other-leg'

/** The call types of the usage report, the words of Asterisk, the causes of FreeSWITCH, and those of plain lists. */
function callTypeWord(text: string): CallTypeWord {
  if (/^(conf|ucap)_|^dr_(in_ucap|out_ucap)|_conf$/.test(text)) return 'other-leg'
  if (/^(user_in|dr_in|in|inbound|incoming|entrant)$/i.test(text)) return 'inbound'
  return UNANSWERED.test(text) ? 'unanswered' : 'outbound'
}

const UNANSWERED =
  /^(NO ?ANSWER|BUSY|FAILED|CONGESTION|USER_BUSY|NO_USER_RESPONSE|ORIGINATOR_CANCEL|CALL_REJECTED|missed|manqué)/i

const isExtension = (text: string): boolean => text.length <= 6 && /^\d+$/.test(text)
const isNumber = (text: string): boolean => /^\+?[\d\s().-]{7,}$/.test(text)

/** Bytes as Latin-1: quick, and equal for equal bytes, which is all that keys and digits need. */
const latin = ({ bytes, starts, ends }: ByteRecord, field: number): string =>
  bytes.toString('latin1', starts[field], ends[field])

/** Whole seconds, rounded up (P9); `12.4`, `12,4`, `2:05`, `1:02:05`. Null: no duration. */
function readSeconds(record: ByteRecord, field: number): number | null {
  const { bytes } = record
  const end = record.ends[field] ?? 0
  let at = record.starts[field] ?? 0
  if (at >= end) return null
  let value = 0
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return readOddSeconds(latin(record, field).trim())
    value = value * 10 + digit
  }
  return value
}

function readOddSeconds(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1
  const bare = text.replace(/^[-+]/, '')
  if (/^\d{1,9}([.,]\d+)?$/.test(bare)) return sign * Math.ceil(Number(bare.replace(',', '.')))
  const clock = /^(?:(\d{1,3}):)?([0-5]?\d|\d{1,4}):([0-5]\d)$/.exec(bare)
  if (!clock) return null
  const [, hours = '0', minutes = '0', seconds = '0'] = clock
  return sign * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds))
}
