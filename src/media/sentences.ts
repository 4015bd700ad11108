/** What the attendant says itself, in the language of the attendant. */
import type { Sentence } from '../core/attendant.ts'
import type { Language } from '../core/problems.ts'

export const SENTENCES: Readonly<Record<Sentence, Readonly<Record<Language, string>>>> = {
  closed: { en: 'We are closed at the moment.', fr: 'Nos bureaux sont actuellement fermés.' },
  'wrong-key': { en: 'This key is not in use.', fr: 'Cette touche n’est pas utilisée.' },
  'no-key': { en: 'Please press a key.', fr: 'Veuillez appuyer sur une touche.' },
  'not-reachable': {
    en: 'We are sorry, nobody is available there at the moment.',
    fr: 'Nous sommes désolés, personne n’est disponible pour le moment.',
  },
  goodbye: { en: 'Goodbye.', fr: 'Au revoir.' },
}
