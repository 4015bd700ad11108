/** What became of each line of a file of calls: every line has a verdict, and every verdict is counted. */
import type { Language } from '../problems.ts'

export const VERDICTS = {
  /** In the advice. */
  call: { en: 'Call to an outside number', fr: 'Appel vers un numéro externe' },
  inbound: {
    en: 'Call from outside: free, but it needs a licence',
    fr: 'Appel de l’extérieur : gratuit, mais il faut une licence',
  },
  internal: {
    en: 'Call between colleagues: free, no licence needed',
    fr: 'Appel entre collègues : gratuit, sans licence',
  },
  unanswered: { en: 'Nobody answered: nothing is charged', fr: 'Sans réponse : rien n’est facturé' },
  emergency: { en: 'Emergency call: free', fr: 'Appel d’urgence : gratuit' },
  /** Not in the advice, for a reason that is no error. */
  duplicate: { en: 'The same call stands in an earlier line', fr: 'Le même appel figure sur une ligne précédente' },
  'other-leg': {
    en: 'Conference, attendant or queue: no user’s own call',
    fr: 'Conférence, standard ou file d’attente : pas l’appel d’un utilisateur',
  },
  /** Not in the advice, because the line cannot be read. */
  'wrong-columns': { en: 'Fewer columns than the file has', fr: 'Moins de colonnes que le fichier n’en compte' },
  quotes: { en: 'A quotation mark is missing or stands alone', fr: 'Un guillemet manque ou est isolé' },
  'too-long': { en: 'The line is too long for a call', fr: 'La ligne est trop longue pour un appel' },
  'no-time': { en: 'The time cannot be read', fr: 'L’heure est illisible' },
  'no-duration': { en: 'The duration cannot be read', fr: 'La durée est illisible' },
  'negative-duration': { en: 'The duration is below zero', fr: 'La durée est négative' },
  'too-long-a-call': {
    en: 'The call would have lasted more than a week',
    fr: 'L’appel aurait duré plus d’une semaine',
  },
  'no-user': { en: 'The caller is missing', fr: 'L’appelant manque' },
  'no-number': { en: 'The number is missing or is no telephone number', fr: 'Le numéro manque ou n’en est pas un' },
  'end-unknown': {
    en: 'The end of the call is not in the file',
    fr: 'La fin de l’appel ne figure pas dans le fichier',
  },
} as const satisfies Record<string, Record<Language, string>>

export type Verdict = keyof typeof VERDICTS

/** Lines of these verdicts could not be used although they may have been calls: the advice says how many. */
export const UNREADABLE: ReadonlySet<Verdict> = new Set<Verdict>([
  'wrong-columns',
  'quotes',
  'too-long',
  'no-time',
  'no-duration',
  'negative-duration',
  'too-long-a-call',
  'no-user',
  'no-number',
  'end-unknown',
])

export interface LineVerdict {
  readonly file: string
  readonly line: number
  readonly verdict: Verdict
}

/** The lines that are not in the advice, as a table: which, and why, in the reader’s language. The first line of it. */
export const VERDICT_COLUMNS = 'file,line,verdict,why\r\n'

/** One line of it. A name that a spreadsheet would take for a formula is told to be text. */
export function verdictLine({ file, line, verdict }: LineVerdict, language: Language): string {
  const name = /^[=+\-@\t\r]/.test(file) ? `'${file}` : file
  return `"${name.replaceAll('"', '""')}",${line},${verdict},"${VERDICTS[verdict][language]}"\r\n`
}
