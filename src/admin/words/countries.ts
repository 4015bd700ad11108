/**
 * “In Canada”, “du Canada”, “le Canada”: the runtime knows the names of countries and not how French speaks of them. Each ISO 3166-1
 * alpha-2 code (and XK) is in exactly one of the lists below; a test sees to that.
 */
import { type Country, countryName } from '../../core/country.ts'
import type { Language } from '../../core/problems.ts'

/** `in`: where somebody is. `from`: where somebody comes from, and whose. `the`: the country itself. */
export type CountryForm = 'in' | 'from' | 'the'

/** How French speaks of a country: `in`, `from`, `the`, each set before the name. */
const KINDS = {
  /** le Canada, du Canada, au Canada */
  masculine: { in: 'au ', from: 'du ', the: 'le ' },
  /** la France, de France, en France */
  feminine: { in: 'en ', from: 'de ', the: 'la ' },
  /** l’Italie, d’Italie, en Italie; l’Iran too: before a vowel both genders sound the same */
  vowel: { in: 'en ', from: 'd’', the: 'l’' },
  /** les Pays-Bas, des Pays-Bas, aux Pays-Bas */
  plural: { in: 'aux ', from: 'des ', the: 'les ' },
  /** Malte, de Malte, à Malte */
  bare: { in: 'à ', from: 'de ', the: '' },
  /** Israël, d’Israël, en Israël */
  bareVowel: { in: 'en ', from: 'd’', the: '' },
  /** Aruba, d’Aruba, à Aruba */
  bareVowelAt: { in: 'à ', from: 'd’', the: '' },
  /** la Barbade, de la Barbade, à la Barbade */
  island: { in: 'à la ', from: 'de la ', the: 'la ' },
  /** l’île de Man, de l’île de Man, à l’île de Man */
  islandVowel: { in: 'à l’', from: 'de l’', the: 'l’' },
} as const satisfies Record<string, Record<CountryForm, string>>

const CODES: Readonly<Record<keyof typeof KINDS, string>> = {
  masculine:
    'BD BZ BJ BT BW BR BN BF BI KH CM CA CV TD CL CG CD CR DK SV GA GH GL GT GY HN JP KZ KE KP KW KG LA LS LB LR LI LU MW ML MA MX ME MZ MM NP NI NE NG PK PA PY PE PT QA GB RW SN SD SS LK SR SJ TJ TG TL TM VU VE VN YE ZW KN XK EH IO',
  feminine:
    'FI BY BE BO BA BG CF CN CO KR HR CI DO FR GM GE GR GD GP GN GW GQ GF HU JM JO LV LY LT MK MY MQ MR FM MD MN NA NO NC NZ PG PL PF CZ RO RU RS SL SK SI SO SE CH SY TZ TH TN TR ZM GS',
  vowel: 'AF AL DZ AO AQ AR AM AU AT AZ EC EG ER EE ET DE IS IN ID IR IQ IE IT UG ES SZ UA UY UZ ZA SA',
  plural: 'AX AS BS BM KY CC KM CK AE US FK FO FJ HM MV MP MH UM NL PW PH PN SB SC TF TC PS VG VI BQ',
  bare: 'CW BH CY CU DJ GI GU GG HK JE KI MG MT MU YT MC MS MO NR NU PR RE SH LC PM VC SM MF SX BL WS SG ST TW TK TO TT TV WF',
  bareVowel: 'AD IL HT',
  bareVowelAt: 'AI AG AW OM',
  island: 'BB DM',
  islandVowel: 'BV CX NF IM VA',
}

const KIND_OF: ReadonlyMap<string, keyof typeof KINDS> = new Map(
  Object.entries(CODES).flatMap(([kind, codes]) => codes.split(' ').map((code) => [code, kind as keyof typeof KINDS])),
)

/** English sets “the” before these. */
const ENGLISH_THE = new Set(
  'AE AX BQ BS CC CD CF CG CK CZ DO FK FO GM HM IM IO KM KY MH MP MV NL PH PN PS SB SC TC TF UM GB US VA VG VI'.split(
    ' ',
  ),
)

/** Every code that the French forms know. */
export const FORMED_COUNTRIES: readonly string[] = Object.values(CODES).flatMap((codes) => codes.split(' '))

/** A country in a sentence: `in Canada`, `au Canada`; `from the Netherlands`, `des Pays-Bas`. A code that is none stays as it is. */
export function countryForm(code: string, form: CountryForm, language: Language): string {
  const name = countryName(code as Country, language)
  if (language === 'en') {
    const said = ENGLISH_THE.has(code) ? `the ${name}` : name
    return form === 'the' ? said : `${form} ${said}`
  }
  const kind = KIND_OF.get(code)
  if (kind === undefined) return name
  // “l’île de Man”: the name begins with a capital where it stands alone.
  const spoken = name.replace(/^(Île|Îles|Territoires?|République|État)\b/u, (word) => word.toLowerCase())
  return `${KINDS[kind][form]}${spoken}`
}
