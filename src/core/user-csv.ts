/** A file of users: which column is what, and what a cell says. Titles and values in English and French, as people write them. */
import { getAlpha2Codes } from 'i18n-iso-countries/index.js'
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { parseCallingPolicy } from './calling-policy.ts'
import type { VoiceSku } from './catalogue.ts'
import { type Country, countryName, parseCountry } from './country.ts'
import { foldText } from './fold.ts'
import { parseId, type UserId } from './ids.ts'
import { type E164, parseE164 } from './numbering.ts'
import type { UserWish } from './user-wish.ts'

export const USER_COLUMNS = [
  'id',
  'name',
  'email',
  'usageLocation',
  'sipUsername',
  'voiceSku',
  'internationalPlan',
  'number',
  'callingPolicy',
  'creditsEnabled',
  'disabled',
] as const
export type UserColumn = (typeof USER_COLUMNS)[number]

/** Which column of the file, counted from 0, is what; the others are not read. */
export type UserMapping = Readonly<Partial<Record<UserColumn, number>>>

/** Folded titles. The first of each language is what our own files say. */
const TITLES: Readonly<Record<UserColumn, string>> = {
  id: 'user id|identifiant|id|userid|identifiant utilisateur',
  name: 'name|nom|display name|displayname|full name|nom complet|nom d affichage|nom affiche|user|utilisateur|user name',
  email:
    'e mail|courriel|email|mail|adresse e mail|adresse electronique|email address|e mail address|user principal name|userprincipalname|upn',
  usageLocation:
    'usage location|lieu d utilisation|location|country|pays|usagelocation|pays ou region|country or region|emplacement',
  sipUsername: 'sip user name|nom sip|sip username|sip name|sip|sipusername|nom d utilisateur sip',
  voiceSku: 'voice licence|licence vocale|licence|license|voice license|voice|licences|licenses',
  internationalPlan:
    'international plan|forfait international|international|international calling plan|forfait d appels internationaux|intl',
  number: 'number|numero|phone|phone number|telephone|tel|numero de telephone|line uri|lineuri|business phone',
  callingPolicy:
    'calling policy|strategie d appel|policy|strategie|outbound policy|callingpolicy|politique|online dialout policy',
  creditsEnabled:
    'may spend credits|credits autorises|credits|communications credits|credits de communication|creditsenabled',
  disabled: 'phone off|telephone desactive|disabled|desactive|blocked|bloque',
}

const COLUMN_OF: ReadonlyMap<string, UserColumn> = new Map(
  USER_COLUMNS.flatMap((column) => TITLES[column].split('|').map((title) => [title, column] as const)),
)

export interface TitleGuess {
  readonly mapping: UserMapping
  /** Columns whose title says the same as an earlier one: they are not read. */
  readonly repeated: readonly number[]
}

/** Which column is what, by its title. */
export function guessMapping(titles: readonly string[]): TitleGuess {
  const mapping: Partial<Record<UserColumn, number>> = {}
  const repeated: number[] = []
  titles.forEach((title, index) => {
    const column = COLUMN_OF.get(foldText(title).replaceAll('_', ' '))
    if (column === undefined) return
    if (mapping[column] === undefined) mapping[column] = index
    else repeated.push(index)
  })
  return { mapping, repeated }
}

/** A cell that says nothing that can be understood. */
export interface CellFault {
  readonly column: UserColumn
  readonly cell: string
}

export interface RowWish {
  readonly userId: UserId | null
  readonly wish: UserWish
}

/** What a row asks for; empty cells leave things as they are. `-` takes away what can be taken away. */
export function readUserRow(
  cells: readonly string[],
  mapping: UserMapping,
  homeOf: (wish: UserWish) => Country | null,
): RowWish | CellFault {
  let userId: UserId | null = null
  let wish: UserWish = {}
  for (const column of USER_COLUMNS) {
    const index = mapping[column]
    const cell = index === undefined ? '' : (cells[index] ?? '')
    if (cell === '') continue
    if (column === 'id') {
      userId = parseId('user', cell) as UserId | null
      if (userId === null) return { column, cell }
      continue
    }
    const value = READ[column](cell, () => homeOf(wish))
    if (value === undefined) return { column, cell }
    wish = { ...wish, [column]: value }
  }
  return { userId, wish }
}

type Reader = (cell: string, home: () => Country | null) => unknown

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/
const NAME_MAX = 200
const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/
const SIP_USERNAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

/** `undefined`: cannot be understood. */
const READ: Readonly<Record<Exclude<UserColumn, 'id'>, Reader>> = {
  name: (cell) => (cell.length <= NAME_MAX && !CONTROL.test(cell) ? cell.replaceAll(/\s+/g, ' ') : undefined),
  email: (cell) => (isNone(cell) ? null : EMAIL.test(cell) && cell.length <= NAME_MAX ? cell.toLowerCase() : undefined),
  usageLocation: (cell) => parseCountry(cell.toUpperCase()) ?? COUNTRY_NAMES.get(foldText(cell)),
  sipUsername: (cell) => {
    if (isNone(cell)) return null
    const name = cell.toLowerCase().replace(/@.*$/, '')
    return SIP_USERNAME.test(name) ? name : undefined
  },
  voiceSku: (cell) => VOICE.get(foldText(cell)),
  internationalPlan: yesOrNo,
  number: (cell, home) => (isNone(cell) ? null : readNumber(cell, home())),
  callingPolicy: (cell) =>
    DEFAULT_WORDS.has(foldText(cell)) || isNone(cell) ? null : (parseCallingPolicy(cell) ?? undefined),
  creditsEnabled: yesOrNo,
  disabled: yesOrNo,
}

const NONE = new Set(['-', '–', '—', 'none', 'aucun', 'aucune', 'no', 'non', 'remove', 'retirer'])
const isNone = (cell: string): boolean => NONE.has(cell.toLowerCase())

const YES = new Set(['yes', 'oui', 'true', 'vrai', '1', 'x', 'y', 'o', 'on', '✓', '☑'])
const NO = new Set(['no', 'non', 'false', 'faux', '0', 'n', 'off', '-', '–', '—', 'none', 'aucun'])

function yesOrNo(cell: string): boolean | undefined {
  const word = cell.toLowerCase()
  if (YES.has(word)) return true
  return NO.has(word) ? false : undefined
}

const DEFAULT_WORDS = new Set(['default', 'par defaut', 'defaut', 'global'])

const WITH: VoiceSku = 'voice-with-calling-plan'
const WITHOUT: VoiceSku = 'voice-without-calling-plan'

/** A bare "yes" is the licence with plan: the other one is not for tenants to give away. */
const VOICE: ReadonlyMap<string, VoiceSku | null> = new Map([
  ...[
    'voice with calling plan',
    'with calling plan',
    'with plan',
    'avec forfait',
    'avec forfait d appels',
    'voice',
    'yes',
    'oui',
    'true',
    '1',
    'x',
  ].map((word) => [word, WITH] as const),
  ...[
    'voice without calling plan',
    'without calling plan',
    'without plan',
    'sans forfait',
    'sans forfait d appels',
  ].map((word) => [word, WITHOUT] as const),
  ...['none', 'no', 'non', 'aucune', 'aucun', 'remove', 'retirer', 'false', '0', ''].map(
    (word) => [word, null] as const,
  ),
])

/** Names that the catalogue has otherwise. */
const OTHER_NAMES = {
  US: 'usa|united states of america|etats unis d amerique',
  GB: 'uk|great britain|grande bretagne|england|angleterre',
} as const

const COUNTRY_NAMES: ReadonlyMap<string, Country> = new Map([
  ...Object.keys(getAlpha2Codes())
    .map((code) => code as Country)
    .flatMap((country) =>
      (['en', 'fr'] as const).map((language) => [foldText(countryName(country, language)), country] as const),
    ),
  ...Object.entries(OTHER_NAMES).flatMap(([code, names]) =>
    names.split('|').map((name) => [name, code as Country] as const),
  ),
])

/** E.164 with any punctuation, `tel:` before it, or as it is dialled at home. Null is not among the answers: that is no number. */
export function readNumber(cell: string, home: Country | null): E164 | undefined {
  // What a spreadsheet makes of a long number is not that number any more.
  if (/e\+?\d+$/i.test(cell)) return undefined
  const bare = cell
    .replace(/^tel:/i, '')
    .replace(/;.*$/, '')
    .replaceAll(/[\s().\-/]/g, '')
  const direct = parseE164(bare) ?? parseE164(bare.replace(/^00/, '+'))
  if (direct) return direct
  if (!/^\d{3,15}$/.test(bare)) return undefined
  if (home !== null && isSupportedCountry(home)) {
    const number = parsePhoneNumberFromString(bare, home)
    const found = number?.isPossible() ? parseE164(number.number) : null
    if (found) return found
  }
  return parseE164(`+${bare}`) ?? undefined
}
