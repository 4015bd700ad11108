/** What is wrong with a line of a file of numbers, in words. */
import type { StockFlaw } from './number-stock-csv.ts'
import type { Language } from './problems.ts'

export const STOCK_FLAWS: Readonly<Record<StockFlaw, Readonly<Record<Language, string>>>> = {
  'row-broken': {
    en: 'The quotation marks or the number of cells do not fit.',
    fr: 'Les guillemets ou le nombre de cellules ne correspondent pas.',
  },
  'number-malformed': {
    en: 'This is not a complete phone number. Write it as +country and digits.',
    fr: 'Ce n’est pas un numéro complet. Écrivez + suivi de l’indicatif du pays et des chiffres.',
  },
  'range-backwards': {
    en: 'The range ends before it begins.',
    fr: 'La plage se termine avant de commencer.',
  },
  'range-too-long': {
    en: 'A line can have at most 10,000 numbers.',
    fr: 'Une ligne compte au plus 10 000 numéros.',
  },
  'country-unknown': { en: 'There is no such country.', fr: 'Ce pays n’existe pas.' },
  'number-elsewhere': {
    en: 'The numbers belong to another country.',
    fr: 'Les numéros appartiennent à un autre pays.',
  },
  'type-unknown': {
    en: 'The type is user, service-toll or service-toll-free.',
    fr: 'Le type est user, service-toll ou service-toll-free.',
  },
  'type-mismatch': {
    en: 'Toll-free numbers are for services only, and toll-free services need one.',
    fr: 'Les numéros gratuits sont réservés aux services, et un service gratuit en exige un.',
  },
  'carrier-missing': { en: 'The carrier is missing.', fr: 'Il manque l’opérateur.' },
  'place-missing': {
    en: 'A city or an area code is needed, or nobody can find these numbers.',
    fr: 'Il faut une ville ou un indicatif régional, sinon personne ne trouvera ces numéros.',
  },
  twice: {
    en: 'Some of these numbers stand in an earlier line.',
    fr: 'Certains de ces numéros figurent sur une ligne précédente.',
  },
  'file-too-long': {
    en: 'A file can have at most 100,000 numbers.',
    fr: 'Un fichier compte au plus 100 000 numéros.',
  },
}
