/** Passwords: argon2id (OWASP's 19 MiB, two passes), and what we do not take as one (ASVS 6.2). */
import { hash, verify } from '@node-rs/argon2'

/** argon2id, version 1.3; the numbers are written into each hash, so later ones may differ. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), ARGON2)

/** Of nobody's password: checked against when there is no account, so that it takes as long. */
let nobodys: Promise<string> | undefined

/** Takes the same time whether or not there is an account (`null`) or it has a password. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this password')
  const matches = await verify(passwordHash ?? (await nobodys), password.normalize('NFKC'))
  return matches && passwordHash !== null
}

export type PasswordRefusal = 'password-too-common' | 'password-about-you'

/** With twelve characters and more, what is common is a few words, a row of keys, or one thing again and again. */
const COMMON_WORDS = [
  'password',
  'passwort',
  'motdepasse',
  'administrator',
  'administrateur',
  'letmein',
  'welcome',
  'bienvenue',
  'iloveyou',
  'jetaime',
  'changeme',
  'qwerty',
  'qwertyuiop',
  'azerty',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'wxcvbn',
  'abcdefghijklmnopqrstuvwxyz',
  'correcthorsebatterystaple',
  'ringfence',
  'football',
  'baseball',
  'princess',
  'princesse',
  'doudou',
  'soleil',
  'sunshine',
  'superman',
  'trustno',
  'starwars',
  'whatever',
  'computer',
  'internet',
  'samsung',
  'microsoft',
  'google',
  'master',
  'monkey',
  'dragon',
  'shadow',
  'secret',
  'login',
  'admin',
  'test',
]
const LETTERS = /[^\p{L}]/gu
const PLAIN: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
}

/**
 * Null: a good one. Refused are those whose letters are all common words, those with few different characters, and those that
 * are mostly the person's own name or address. Length is the schema's business.
 */
export function refusePassword(password: string, about: readonly string[]): PasswordRefusal | null {
  const lower = password.normalize('NFKC').toLowerCase()
  if (new Set(lower).size < 5 || isRow(lower)) return 'password-too-common'
  const spelled = lower.replaceAll(/[013457@$]/g, (sign) => PLAIN[sign] ?? sign)
  const readings = [lower, spelled].map((text) => text.replaceAll(LETTERS, ''))
  const isMostlyLetters = lower.replaceAll(/\p{L}/gu, '').length <= 8
  const isCommon = readings.some((letters) => withoutWords(letters, COMMON_WORDS).length < 4)
  if (isMostlyLetters && isCommon) return 'password-too-common'
  const own = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\d]+/u)).filter((word) => word.length >= 4)
  const rest = withoutWords(lower, own).replaceAll(/[^\p{L}\d]/gu, '')
  return rest.length < 6 ? 'password-about-you' : null
}

/** What is left when every occurrence of the words is taken out, longest first. */
const withoutWords = (text: string, words: readonly string[]): string =>
  words.toSorted((a, b) => b.length - a.length).reduce((rest, word) => rest.replaceAll(word, ''), text)

/** `123456789012`, `abcabcabcabc`: each character follows from the one before, or a short piece is repeated. */
function isRow(text: string): boolean {
  const steps = [...text].map((sign, index) => sign.charCodeAt(0) - text.charCodeAt(Math.max(0, index - 1))).slice(1)
  const regular = steps.filter((step) => step === 1 || step === -1 || step === 0 || step === -9).length
  return regular >= steps.length - 1 || /^(.{1,4})\1+.{0,3}$/.test(text)
}
