/** What can be wrong with a rate deck CSV, by code, in words of both languages. */

export type RateDeckLanguage = 'en' | 'fr'

/** `{name}` stands for a parameter of the error. */
export const RATE_DECK_MESSAGES = {
  'empty-file': {
    en: 'The file is empty. It must begin with the header line.',
    fr: 'Le fichier est vide. Il doit commencer par la ligne d’en-tête.',
  },
  'no-rows': {
    en: 'The file has a header but no rates.',
    fr: 'Le fichier a un en-tête mais aucun tarif.',
  },
  'not-utf8': {
    en: 'This line is not valid UTF-8. Save the file as “CSV UTF-8”.',
    fr: 'Cette ligne n’est pas de l’UTF-8 valide. Enregistrez le fichier en « CSV UTF-8 ».',
  },
  'header-missing': {
    en: 'The header lacks the column “{name}”.',
    fr: 'Il manque la colonne « {name} » dans l’en-tête.',
  },
  'header-unknown': {
    en: 'The header has a column “{name}” that a rate deck does not have.',
    fr: 'L’en-tête contient une colonne « {name} » qui n’existe pas dans une grille tarifaire.',
  },
  'header-duplicate': {
    en: 'The header has the column “{name}” more than once.',
    fr: 'La colonne « {name} » figure plusieurs fois dans l’en-tête.',
  },
  'header-order': {
    en: 'The columns must be in this order: {expected}.',
    fr: 'Les colonnes doivent être dans cet ordre : {expected}.',
  },
  semicolon: {
    en: 'A semicolon is used as the separator. Columns are separated by commas.',
    fr: 'Le séparateur est un point-virgule (semicolon). Les colonnes sont séparées par des virgules.',
  },
  'decimal-comma': {
    en: '“{value}” has a decimal comma. Amounts are written with a decimal point, such as 0.10.',
    fr: '« {value} » contient une virgule décimale (decimal comma). Les montants s’écrivent avec un point, par exemple 0.10.',
  },
  'blank-line': {
    en: 'This line is blank. Only the end of the file may be.',
    fr: 'Cette ligne est vide. Seule la fin du fichier peut l’être.',
  },
  quotes: {
    en: 'The quotation marks of this line do not match.',
    fr: 'Les guillemets de cette ligne ne sont pas appariés.',
  },
  'too-few-columns': {
    en: 'This line has {count} columns instead of {expected}; “{name}” is the first that is missing.',
    fr: 'Cette ligne a {count} colonnes au lieu de {expected} ; la première qui manque est « {name} ».',
  },
  'too-many-columns': {
    en: 'This line has {count} columns instead of {expected}.',
    fr: 'Cette ligne a {count} colonnes au lieu de {expected}.',
  },
  direction: {
    en: '“{value}” is not a direction. It is one of: {expected}.',
    fr: '« {value} » n’est pas un sens d’appel. Valeurs possibles : {expected}.',
  },
  'prefix-plus': {
    en: 'The prefix “{value}” begins with a plus sign. Write the digits alone.',
    fr: 'Le préfixe « {value} » commence par un signe plus. Écrivez seulement les chiffres.',
  },
  prefix: {
    en: '“{value}” is not a prefix: 1 to 15 digits of an international number, the first not 0.',
    fr: '« {value} » n’est pas un préfixe : 1 à 15 chiffres d’un numéro international, le premier n’étant pas 0.',
  },
  origin: {
    en: '“{value}” is not a country of origin: two capital letters (ISO 3166), or empty for any.',
    fr: '« {value} » n’est pas un pays d’origine : deux lettres majuscules (ISO 3166), ou vide pour tous.',
  },
  'line-kind': {
    en: '“{value}” is not a kind of line. It is one of: {expected}.',
    fr: '« {value} » n’est pas un type de ligne. Valeurs possibles : {expected}.',
  },
  currency: {
    en: '“{value}” is not a currency code (ISO 4217), such as USD.',
    fr: '« {value} » n’est pas un code de devise (ISO 4217), par exemple USD.',
  },
  'amount-negative': {
    en: '“{value}” is negative. A price is 0 or more.',
    fr: '« {value} » est négatif. Un prix vaut 0 ou plus.',
  },
  'amount-decimals': {
    en: '“{value}” has more than six decimals.',
    fr: '« {value} » a plus de six décimales.',
  },
  amount: {
    en: '“{value}” is not an amount: at most 12 digits and 6 decimals, such as 0.10.',
    fr: '« {value} » n’est pas un montant : au plus 12 chiffres et 6 décimales, par exemple 0.10.',
  },
  increment: {
    en: '“{value}” is not an increment: whole seconds from 1 to 999999.',
    fr: '« {value} » n’est pas un pas de facturation : un nombre entier de secondes, de 1 à 999999.',
  },
  minimum: {
    en: '“{value}” is not a minimum: whole seconds from 0 to 999999.',
    fr: '« {value} » n’est pas un minimum : un nombre entier de secondes, de 0 à 999999.',
  },
  'valid-from': {
    en: '“{value}” is not a date and time with offset (RFC 3339), such as 2026-12-01T00:00:00Z.',
    fr: '« {value} » n’est pas une date et heure avec décalage (RFC 3339), par exemple 2026-12-01T00:00:00Z.',
  },
  duplicate: {
    en: 'This row has the same direction, prefix, origin, line kind, currency and start as line {first}.',
    fr: 'Cette ligne a les mêmes sens, préfixe, origine, type de ligne, devise et date d’effet que la ligne {first}.',
  },
} as const satisfies Record<string, Record<RateDeckLanguage, string>>

export type RateDeckErrorCode = keyof typeof RATE_DECK_MESSAGES

export interface RateDeckError {
  /** The header is line 1. */
  readonly line: number
  /** The column at fault by the name in the header; the first column where the whole line is. */
  readonly column: string
  readonly code: RateDeckErrorCode
  readonly params: Readonly<Record<string, string | number>>
}

/** The sentence for an error. The parameters may quote the file, so it is text, not markup. */
export function rateDeckErrorMessage(error: RateDeckError, language: RateDeckLanguage): string {
  return RATE_DECK_MESSAGES[error.code][language].replace(/\{(\w+)\}/g, (_, name: string) =>
    String(error.params[name] ?? ''),
  )
}
