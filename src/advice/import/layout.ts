/**
 * Which program wrote a file of call records, told from its first lines, and where in a line the caller, the number, the time and the
 * seconds stand. Sources of the layouts: Asterisk `cdr_csv.c` and `cdr_custom.conf`, FreeSWITCH `cdr_csv.conf.xml`, Kamailio
 * `acc-create.sql`, and the documented export of the usage report (facts §13.3).
 */
import { ByteCsv, type ByteRecord, textOf } from './byte-csv.ts'

export const LAYOUTS = [
  'usage-export',
  'asterisk',
  'asterisk-custom',
  'freeswitch',
  'freeswitch-opencdrrate',
  'kamailio-acc',
  'kamailio-cdrs',
  'plain',
] as const
export type LayoutName = (typeof LAYOUTS)[number]

/** What a plain file calls its columns. Those that are not named are looked for under the usual names, English and French. */
export interface ColumnMapping {
  readonly user?: string
  readonly userName?: string
  readonly country?: string
  readonly number?: string
  readonly time?: string
  readonly seconds?: string
  readonly id?: string
  readonly kind?: string
}

/** Positions of fields in a record; -1: it has none. */
export interface Columns {
  readonly id: number
  readonly user: number
  readonly userName: number
  /** ISO 3166-1 alpha-2 of the user's usage location. */
  readonly country: number
  readonly number: number
  readonly time: number
  readonly seconds: number
  /** `user_out`, `ANSWERED`, `NORMAL_CLEARING`: what became of the call, or which leg it is. */
  readonly kind: number
}

export interface Layout {
  readonly name: LayoutName
  readonly delimiter: string
  readonly hasHeader: boolean
  readonly columns: Columns
}

export interface Unknown {
  readonly delimiter: string
  /** The names of the first line, for a message or a form that asks which column is which. */
  readonly header: readonly string[]
  readonly missing: readonly (keyof ColumnMapping)[]
}

export type Detected = { readonly layout: Layout } | { readonly unknown: Unknown }

const NONE = -1
const NO_COLUMNS: Columns = {
  id: NONE,
  user: NONE,
  userName: NONE,
  country: NONE,
  number: NONE,
  time: NONE,
  seconds: NONE,
  kind: NONE,
}

/** Also FreeSWITCH's template `asterisk`, whose columns are the same and whose disposition is a hang-up cause. */
const ASTERISK: Columns = { ...NO_COLUMNS, user: 1, number: 2, time: 10, seconds: 13, kind: 14, id: 16 }
const ASTERISK_CUSTOM: Columns = { ...NO_COLUMNS, user: 1, number: 2, time: 9, seconds: 12, kind: 13, id: 16 }
const FREESWITCH: Columns = { ...NO_COLUMNS, userName: 0, user: 1, number: 2, time: 5, seconds: 8, kind: 9, id: 10 }
const FREESWITCH_OPENCDRRATE: Columns = { ...NO_COLUMNS, id: 0, kind: 2, user: 3, number: 4, time: 5, seconds: 7 }
/** Kamailio's `acc` has no seconds: its two events make a call (see kamailio.ts). */
const KAMAILIO_ACC: Columns = { ...NO_COLUMNS, kind: 1, id: 4, time: 7, user: 8, number: 11 }

const DELIMITERS = [',', ';', '\t', '|'] as const
const SAMPLE_LINES = 40

const DATE = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/
const isDate = (text: string | undefined): boolean => text !== undefined && DATE.test(text)

/** The layout of a file by its first bytes; `mapping` for a plain one whose columns have names of their own. */
export function detectLayout(head: Uint8Array, mapping: ColumnMapping = {}): Detected {
  const { delimiter, rows } = sampleOf(head)
  const first = rows[0] ?? []
  const named = byHeader(first, delimiter, mapping)
  if (named) return named
  const known = byShape(rows.filter((row) => row.length > 1))
  if (known) return { layout: { ...known, delimiter, hasHeader: false } }
  return { unknown: { delimiter, header: first, missing: ['user', 'number', 'time', 'seconds'] } }
}

/** The delimiter that cuts the lines most evenly, and the lines cut by it. */
function sampleOf(head: Uint8Array): { delimiter: string; rows: string[][] } {
  const samples = DELIMITERS.map((delimiter) => ({ delimiter, rows: rowsOf(head, delimiter) }))
  const score = ({ rows }: { rows: string[][] }): number => {
    const counts = new Map<number, number>()
    for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
    const [width = 1, lines = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? []
    return width === 1 ? 0 : lines * 1000 + width
  }
  const [best] = samples.sort((a, b) => score(b) - score(a))
  return best ?? { delimiter: ',', rows: [] }
}

function rowsOf(head: Uint8Array, delimiter: string): string[][] {
  const rows: string[][] = []
  const keep = (record: ByteRecord): void => {
    if (rows.length >= SAMPLE_LINES || record.flaw !== null) return
    rows.push(Array.from({ length: record.fieldCount }, (_, field) => textOf(record, field).trim()))
  }
  // The last line of a sample is cut somewhere; it is read only where it is the only one.
  const csv = new ByteCsv(delimiter, keep)
  csv.push(head)
  if (rows.length === 0) csv.end()
  return rows
}

const NAMES: Readonly<Record<keyof ColumnMapping, readonly string[]>> = {
  id: ['usageid', 'uniqueid', 'uuid', 'callid', 'call id', 'id', 'id appel', 'identifiant'],
  user: [
    ...[
      'upn',
      'user',
      'username',
      'user principal name',
      'caller',
      'from',
      'src',
      'caller id number',
      'caller id',
      'calling number',
    ],
    ...['extension', 'agent', 'utilisateur', 'nom d’utilisateur', 'appelant', 'de', 'poste', 'src_user'],
  ],
  userName: ['user display name', 'display name', 'name', 'caller name', 'caller id name', 'nom', 'nom complet'],
  country: ['user location', 'country', 'usage location', 'pays', 'emplacement d’utilisation'],
  number: [
    ...[
      'destination number',
      'number',
      'callee',
      'called',
      'called number',
      'dialed number',
      'dialled number',
      'to',
      'dst',
    ],
    ...['destination', 'numéro', 'numéro appelé', 'numéro composé', 'appelé', 'vers', 'dst_user'],
  ],
  time: [
    ...[
      'answer time',
      'answered at',
      'answer',
      'answer stamp',
      'start time',
      'start',
      'start stamp',
      'date',
      'time',
      'datetime',
    ],
    ...[
      'timestamp',
      'time stamp',
      'time stamp (utc)',
      'date/time',
      'début',
      'heure',
      'heure de début',
      'date et heure',
      'horodatage',
    ],
  ],
  seconds: [
    ...['duration seconds', 'billsec', 'billable seconds', 'seconds', 'duration', 'talk time', 'call duration'],
    ...['durée', 'durée (s)', 'durée en secondes', 'secondes'],
  ],
  kind: [
    'call type',
    'type',
    'disposition',
    'status',
    'hangup cause',
    'direction',
    'type d’appel',
    'statut',
    'sens',
    'method',
  ],
}

const plainName = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll("'", '’')
    .replaceAll(/[_\s]+/g, ' ')

/** A first line of names decides: our own export by its names, anything else by the mapping and the usual names. */
function byHeader(first: readonly string[], delimiter: string, mapping: ColumnMapping): Detected | null {
  const names = first.map(plainName)
  // Names have letters; a line with a date or a telephone number in it is a call already.
  const isHeader = names.length > 1 && names.every((name) => /\p{L}/u.test(name) || name === '') && !first.some(isDate)
  if (!isHeader) return null
  const at = (field: keyof ColumnMapping): number => {
    const own = mapping[field]
    if (own !== undefined) return names.indexOf(plainName(own))
    for (const usual of NAMES[field]) {
      const found = names.indexOf(plainName(usual))
      if (found !== -1) return found
    }
    return NONE
  }
  const isUsageExport =
    names[0] === 'usageid' && names.includes('destination number') && names.includes('duration seconds')
  const isAcc = ['method', 'from tag', 'to tag', 'callid', 'sip code', 'time'].every((name) => names.includes(name))
  const isCdrs =
    ['start time', 'end time', 'duration'].every((name) => names.includes(name)) && names.includes('src user')
  const columns: Columns = {
    id: at('id'),
    user: at('user'),
    userName: at('userName'),
    country: at('country'),
    number: at('number'),
    time: at('time'),
    seconds: isAcc ? NONE : at('seconds'),
    kind: at('kind'),
  }
  const needed = isAcc ? (['user', 'number', 'time'] as const) : (['user', 'number', 'time', 'seconds'] as const)
  const missing = needed.filter((field) => columns[field] === NONE)
  if (missing.length > 0) return { unknown: { delimiter, header: first, missing } }
  const name = isUsageExport ? 'usage-export' : isAcc ? 'kamailio-acc' : isCdrs ? 'kamailio-cdrs' : 'plain'
  return { layout: { name, delimiter, hasHeader: true, columns } }
}

/** Files without names, by how many columns they have and which of them are dates. */
function byShape(rows: readonly string[][]): Pick<Layout, 'name' | 'columns'> | null {
  const fits = (test: (row: readonly string[]) => boolean): boolean =>
    rows.length > 0 && rows.filter(test).length * 2 > rows.length
  const isSeconds = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text)
  const known = (name: LayoutName, columns: Columns) => ({ name, columns })

  // Unanswered calls have an empty answer time, so the start decides; the seconds stand behind it.
  if (fits((row) => row.length >= 16 && row.length <= 21 && isDate(row[9]) && isSeconds(row[12]) && isSeconds(row[13])))
    return known('asterisk', ASTERISK)
  if (fits((row) => row.length >= 16 && row.length <= 19 && isDate(row[8]) && isSeconds(row[11]) && isSeconds(row[12])))
    return known('asterisk-custom', ASTERISK_CUSTOM)
  if (fits((row) => row.length >= 15 && isDate(row[4]) && isSeconds(row[7]) && isSeconds(row[8])))
    return known('freeswitch', FREESWITCH)
  if (fits((row) => row.length >= 10 && row.length <= 13 && isDate(row[6]) && isSeconds(row[7])))
    return known('freeswitch-opencdrrate', FREESWITCH_OPENCDRRATE)
  if (fits((row) => row.length >= 12 && /^(INVITE|BYE|CANCEL|ACK)$/.test(row[1] ?? '') && isDate(row[7])))
    return known('kamailio-acc', KAMAILIO_ACC)
  return null
}
