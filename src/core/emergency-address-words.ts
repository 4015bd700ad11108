/** What is wrong with an address, in words. */
import type { AddressFault } from './emergency-address.ts'
import type { Language } from './problems.ts'

export const ADDRESS_FAULTS: Readonly<Record<AddressFault, Readonly<Record<Language, string>>>> = {
  required: { en: 'Addresses of this country need it.', fr: 'Les adresses de ce pays l’exigent.' },
  'not-used': { en: 'Addresses of this country do not have it.', fr: 'Les adresses de ce pays n’en ont pas.' },
  'house-number-malformed': {
    en: 'A house number has a digit in it: 12, 12A, 4/2.',
    fr: 'Un numéro de rue comporte un chiffre : 12, 12A, 4/2.',
  },
  'no-civic-address': {
    en: 'Nobody can be sent to a post office box. Write a street.',
    fr: 'Personne ne peut être envoyé à une boîte postale. Indiquez une rue.',
  },
  'region-unknown': {
    en: 'There is no such state or province in this country.',
    fr: 'Cet État ou cette province n’existe pas dans ce pays.',
  },
  'postal-code-malformed': {
    en: 'No postal code of this country looks like that.',
    fr: 'Aucun code postal de ce pays ne s’écrit ainsi.',
  },
  'postal-code-elsewhere': {
    en: 'This postal code is in another state or province.',
    fr: 'Ce code postal se trouve dans un autre État ou une autre province.',
  },
}
