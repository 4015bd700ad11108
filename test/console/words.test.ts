/** What the console says: complete in both languages, used, in good French, and never written past `defineWords`. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getAlpha2Codes } from 'i18n-iso-countries/index.js'
import { describe, expect, test } from 'vitest'
import { countryForm, FORMED_COUNTRIES } from '../../src/admin/words/countries.ts'
import { bundleOf, DEFINED, frenchSpaces, pseudo, type Words } from '../../src/admin/words/define.ts'
import { formatsFor } from '../../src/admin/words/format.ts'
import { translate } from '../../src/admin/words/i18n.ts'
import { typedAmount, typedNumber } from '../../src/admin/words/typed-number.ts'
import { unitWords } from '../../src/admin/words/units.ts'
import { type Country, countryName } from '../../src/core/country.ts'
import { packageRoot } from '../../src/paths.ts'

const root = join(packageRoot, 'src/admin')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /\.tsx?$/.test(name))
/** What the API answers with may be a key: a code, a state, a kind. */
const answers = ['src/core', 'src/api', 'src/store', 'src/payments']
  .flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(packageRoot, folder, name),
    ),
  )
  .filter((name) => /(?<!\.test)\.ts$/.test(name))
  .map((name) => readFileSync(name, 'utf8'))
  .join('\n')
const textOf = new Map(files.map((name) => [name, readFileSync(join(root, name), 'utf8')]))

/** The files that define words, with the name of each definition. */
const definitions = [...textOf].flatMap(([file, text]) =>
  [...text.matchAll(/export const (\w+) = defineWords\(\s*'([\w-]+)'/g)].map(([, name = '', namespace = '']) => ({
    file,
    name,
    namespace,
  })),
)
for (const { file } of definitions) await import(pathToFileURL(join(root, file)).href)

/** The files of ours that a file imports. */
const importsOf = (file: string): string[] =>
  [...(textOf.get(file) ?? '').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to = '']) =>
    posix.join(posix.dirname(file), to),
  )

const texts = (language: 'en' | 'fr'): { where: string; text: string }[] =>
  [...DEFINED.values()].flatMap((words) =>
    Object.entries(bundleOf(words, language)).map(([key, text]) => ({ where: `${words.namespace}.${key}`, text })),
  )

describe('definitions', () => {
  test('every file with words was read, every namespace is there once', () => {
    expect(definitions.length).toBeGreaterThan(5)
    const names = definitions.map(({ namespace }) => namespace)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(names.filter((name) => !DEFINED.has(name))).toEqual([])
  })

  test('every key is used', () => {
    const unused = definitions
      // Named by texts of other definitions: `[min:left]`.
      .filter(({ namespace }) => namespace !== 'unit')
      .flatMap(({ file, name, namespace }) => {
        const importers = files.filter(
          (other) => other !== file && new RegExp(`\\b${name}\\b`).test(textOf.get(other) ?? ''),
        )
        const near = [...new Set([...importers, ...importers.flatMap(importsOf)])].filter((other) => other !== file)
        const seen = near.map((other) => textOf.get(other) ?? '').join('\n')
        const keys = Object.keys(DEFINED.get(namespace)?.entries ?? {})
        return keys
          .filter((key) => !isNamed(seen, key) && !(key.length > 3 && answers.includes(`'${key}'`)))
          .map((key) => `${namespace}.${key}`)
      })
    expect(unused).toEqual([])
  })

  test('a variable of one language is one of the other', () => {
    const wrong = [...DEFINED.values()].flatMap(({ namespace, entries }) =>
      Object.entries(entries)
        .filter(([, { en, fr }]) => String([...namesIn(en)].sort()) !== String([...namesIn(fr)].sort()))
        .map(([key, { en, fr }]) => `${namespace}.${key}: ${[...namesIn(en)].join()} / ${[...namesIn(fr)].join()}`),
    )
    expect(wrong).toEqual([])
  })
})

/** `'key'`, `key:` of a table, or the beginning of a key that is put together: `by-${method}`. */
function isNamed(text: string, key: string): boolean {
  const plain = key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  if (new RegExp(`(['"\`])${plain}\\1|(?<![\\w-])${plain}:`).test(text)) return true
  return [...text.matchAll(/`([\w.-]*)\$\{[^`]*?\}([\w.-]*)`/g)].some(
    ([, before = '', after = '']) => before + after !== '' && key.startsWith(before) && key.endsWith(after),
  )
}

function namesIn(entry: string | object): Set<string> {
  const all = typeof entry === 'string' ? [entry] : (Object.values(entry) as string[])
  return new Set(all.flatMap((text) => [...text.matchAll(/\{(\w+)\}|\[\w+:(\w+)\]/g)].map(([, a, b]) => a ?? b ?? '')))
}

describe('French', () => {
  test('typographic apostrophes, in English too', () => {
    expect([...texts('en'), ...texts('fr')].filter(({ text }) => text.includes("'"))).toEqual([])
  })

  test('the spaces before ; ! ? % : and inside « » are those that do not break', () => {
    const wrong = texts('fr').filter(({ text }) => {
      const plain = text.replaceAll(/\{\w+\}|\[\w+:\w+\]/g, 'x')
      return /[ \u00a0][;!?%]|[ \u202f][:»]|«[ \u202f]|[\p{L}\p{N}][;!?»]/u.test(plain)
    })
    expect(wrong).toEqual([])
    expect(frenchSpaces('Oui ! 97 % : « ça » ; non ?')).toBe(
      'Oui\u202f! 97\u202f%\u00a0: «\u00a0ça\u00a0»\u202f; non\u202f?',
    )
    expect(frenchSpaces('à 10:42, https://x.example')).toBe('à 10:42, https://x.example')
  })

  test('no longer than the page can bear', () => {
    const french = new Map(texts('fr').map(({ where, text }) => [where, text]))
    const long = texts('en')
      .filter(({ text }) => text.length >= 40)
      .filter(({ where, text }) => (french.get(where)?.length ?? 0) / text.length > 1.45)
      .map(({ where, text }) => `${where}: ${((french.get(where)?.length ?? 0) / text.length).toFixed(2)}`)
    expect(long).toEqual([])
  })

  test('an abbreviation at the end of a sentence brings its full stop', () => {
    const words = [...DEFINED.values()].find(({ namespace }) => namespace === 'credits') as Words
    expect(translate(words, 'forecastLasts', { date: '30 nov.' }, 'fr')).toMatch(/[^.]30 nov\.$/)
    expect(translate(words, 'forecastLasts', { date: '1 mai' }, 'fr')).toMatch(/1 mai\.$/)
  })

  test('a plural has its third form', () => {
    expect(translate(unitWords, 'min', { count: 1 }, 'fr')).toBe('1 minute')
    expect(translate(unitWords, 'min', { count: 1_500_000 }, 'fr')).toBe('1\u202f500\u202f000 minutes')
    expect(translate(unitWords, 'min', { count: 2_000_000 }, 'fr')).toBe('2\u202f000\u202f000 de minutes')
    expect(translate(unitWords, 'min', { count: 2_000_000 }, 'en')).toBe('2,000,000 minutes')
  })

  test('every country is known by its articles', () => {
    const codes = Object.keys(getAlpha2Codes())
    expect(codes.filter((code) => !FORMED_COUNTRIES.includes(code))).toEqual([])
    expect(FORMED_COUNTRIES.filter((code, index) => FORMED_COUNTRIES.indexOf(code) !== index)).toEqual([])
    const nameless = codes.filter((code) => {
      const name = countryName(code as Country, 'fr').toLowerCase()
      return (['in', 'from', 'the'] as const).some(
        (form) => !countryForm(code, form, 'fr').toLowerCase().includes(name),
      )
    })
    expect(nameless).toEqual([])
    // “de Albanie”, “la Italie”: before a vowel there is an elision, and never before a consonant.
    const spoken = codes.map((code) => countryForm(code, 'from', 'fr'))
    expect(
      spoken.filter(
        (text) => /^(de|du|de la) [aeiouéèêîôâAEIOUÉÈÊÎÔÂ]/u.test(text) || /^d’[^aeiouéèêîôâhAEIOUÉÈÊÎÔÂH]/u.test(text),
      ),
    ).toEqual([])
    expect(['GB', 'FR', 'US', 'IT', 'MT', 'IL', 'IM'].map((code) => countryForm(code, 'in', 'fr'))).toEqual([
      'au Royaume-Uni',
      'en France',
      'aux États-Unis',
      'en Italie',
      'à Malte',
      'en Israël',
      'à l’île de Man',
    ])
    expect(countryForm('NL', 'from', 'en')).toBe('from the Netherlands')
  })
})

describe('the disguise', () => {
  test('leaves no plain letter in any text', () => {
    const plain = texts('en')
      .map(({ where, text }) => ({ where, text: pseudo(text).replaceAll(/\{\w+\}|\[\w+:\w+\]|<\/?\w+>/g, '') }))
      .filter(({ text }) => /[A-Za-z]/.test(text))
    expect(plain).toEqual([])
  })

  test('marks what was put into a text', () => {
    const words = [...DEFINED.values()].find(({ namespace }) => namespace === 'shell') as Words
    expect(translate(words, 'asOf', { time: '10:42' }, 'qps')).toContain('\u206810:42\u2069')
  })
})

describe('figures', () => {
  const en = formatsFor('en', 'America/Toronto')
  const fr = formatsFor('fr', 'America/Toronto')
  const cad = (amount: string) => ({ amount, currency: 'CAD' })

  test('money is exact, in the decimals that its place has', () => {
    expect(en.money(cad('0.291000'))).toBe('CA$0.29')
    expect(en.money(cad('0.291000'), 'exact')).toBe('CA$0.291000')
    expect(en.money(cad('0.0485'), 'rate')).toBe('CA$0.0485')
    expect(en.money(cad('0.004000'))).toBe('< CA$0.01')
    expect(en.money(cad('0.000000'))).toBe('CA$0.00')
    expect(en.money(cad('123456789012.345678'), 'exact')).toBe('CA$123,456,789,012.345678')
    expect(fr.money(cad('1234.5'))).toBe('1\u202f234,50\u00a0$CA')
    expect(en.money({ amount: '1234', currency: 'JPY' })).toBe('JP¥1,234')
  })

  test('amounts as people type them; one comma before three digits is the reader’s', () => {
    const typed = ['1,5', '1.5', '1 000,50', '1\u202f000', '1.234,5', '1,234.50', '1,234,567', '12 ']
    const read = ['1.5', '1.5', '1000.50', '1000', '1234.5', '1234.50', '1234567', '12']
    for (const language of ['en', 'fr'] as const) expect(typed.map((text) => typedAmount(text, language))).toEqual(read)
    expect([typedAmount('1,000', 'en'), typedAmount('1,000', 'fr')]).toEqual(['1000', '1.000'])
    expect([typedAmount('0,048', 'en'), typedAmount('1.000', 'en')]).toEqual(['0.048', '1.000'])
    // What is no number is not made into one.
    expect(['1e3', '0x10', '١٢', '$5', '', '1,2,3'].map((text) => typedNumber(text, 'en'))).toEqual(
      Array(6).fill(Number.NaN),
    )
    expect(typedNumber('-1 000,5', 'fr')).toBe(-1000.5)
  })

  test('durations, dates and shares', () => {
    expect([0, 65, 3_725].map((seconds) => en.duration(seconds))).toEqual(['0:00', '1:05', '1:02:05'])
    expect([45, 125, 180].map((seconds) => fr.spoken(seconds))).toEqual([
      '45\u00a0s',
      '2\u00a0min\u00a005\u00a0s',
      '3\u00a0min',
    ])
    const at = '2026-11-23T04:30:00Z'
    // Sunday evening in Toronto.
    expect(en.weekday(at)).toBe('Sun 22 Nov')
    expect(fr.weekday(at)).toBe('dim. 22 nov.')
    expect(en.time(at)).toBe('23:30')
    expect(fr.percent(0.97)).toBe('97\u202f%')
    expect(en.relative(Date.parse(at) - 90_000, Date.parse(at))).toBe('1 minute ago')
    expect(fr.month('2026-11')).toBe('novembre 2026')
    expect(fr.list(['Maya', 'Liam', 'Zoé'])).toBe('Maya, Liam et Zoé')
  })
})

describe('sources', () => {
  /** Text between tags, or in an attribute that people read. */
  const SPOKEN =
    />\s*([^<>{}\n]*\p{L}{3,}[^<>{}\n]*)\s*<\/|\b(?:aria-label|title|placeholder|alt|label)="([^"]*\p{L}{2,}[^"]*)"/gu
  const NAMES = new Set(['Ringfence'])

  test('no text is written into a component', () => {
    const found = [...textOf]
      .filter(([file]) => file.endsWith('.tsx'))
      .flatMap(([file, text]) =>
        [...text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').matchAll(SPOKEN)]
          .map(([, inside, attribute]) => (inside ?? attribute ?? '').trim())
          .filter((said) => !NAMES.has(said) && !/^[⌘A-Z][\w ]{0,3}$|^Esc$|=>|[;=]/.test(said))
          .map((said) => `${relative(dirname(root), join(root, file))}: ${said}`),
      )
    expect(found).toEqual([])
  })
})
