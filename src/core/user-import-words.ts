/** What is said of a row of a file of users, in both languages: on the page, in the API and in the result file. */
import type { Sku } from './catalogue.ts'
import type { Language } from './problems.ts'
import type { UserColumn } from './user-csv.ts'
import type { RowFault, RowFaultCode, Verdict } from './user-import.ts'

type Words<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>

export const VERDICT_WORDS: Words<Verdict> = {
  en: { create: 'Added', change: 'Changed', same: 'Unchanged', error: 'Error' },
  fr: { create: 'Ajouté', change: 'Modifié', same: 'Inchangé', error: 'Erreur' },
}

/** The titles of our own files. */
export const COLUMN_WORDS: Words<UserColumn> = {
  en: {
    id: 'User ID',
    name: 'Name',
    email: 'E-mail',
    usageLocation: 'Usage location',
    sipUsername: 'SIP user name',
    voiceSku: 'Voice licence',
    internationalPlan: 'International plan',
    number: 'Number',
    callingPolicy: 'Calling policy',
    creditsEnabled: 'May spend credits',
    disabled: 'Phone off',
  },
  fr: {
    id: 'Identifiant',
    name: 'Nom',
    email: 'Courriel',
    usageLocation: 'Lieu d’utilisation',
    sipUsername: 'Nom SIP',
    voiceSku: 'Licence vocale',
    internationalPlan: 'Forfait international',
    number: 'Numéro',
    callingPolicy: 'Stratégie d’appel',
    creditsEnabled: 'Crédits autorisés',
    disabled: 'Téléphone désactivé',
  },
}

export const RESULT_TITLES: Readonly<Record<Language, readonly [string, string]>> = {
  en: ['Result', 'Error'],
  fr: ['Résultat', 'Erreur'],
}

const SKU_WORDS: Words<Sku> = {
  en: {
    'voice-with-calling-plan': 'voice licences with Calling Plan',
    'voice-without-calling-plan': 'voice licences without Calling Plan',
    'international-calling-plan': 'International plans',
  },
  fr: {
    'voice-with-calling-plan': 'licences vocales avec forfait d’appels',
    'voice-without-calling-plan': 'licences vocales sans forfait d’appels',
    'international-calling-plan': 'forfaits internationaux',
  },
}

const FAULTS: Words<RowFaultCode> = {
  en: {
    'no-seat-left': 'All {sku} are assigned. Buy one more to assign it here.',
    'location-without-plan': 'There is no Calling Plan at this usage location.',
    'voice-licence-required': 'The International plan needs a voice licence with Calling Plan.',
    'other-voice-licence-assigned': 'This user holds the other kind of voice licence. Remove it first.',
    'number-taken': 'This number is in service with somebody else.',
    'number-type-mismatch': 'Toll-free numbers are for services, not for users.',
    'email-taken': 'Another user has this e-mail address.',
    'sip-username-taken': 'Another user has this SIP user name.',
    'name-missing': 'A new user needs a name.',
    'location-missing': 'A new user needs a usage location.',
    'cell-unreadable': '{column}: “{cell}” cannot be understood.',
    'row-quotes': 'The quotation marks of this row do not match.',
    'row-columns': 'This row has more cells than there are titles.',
    'user-unknown': 'There is no such user, and this import adds nobody.',
    'user-ambiguous': 'Several users are called “{cell}”. Add a column with their e-mail address or user ID.',
    'user-twice': 'This user was on line {cell} already.',
  },
  fr: {
    'no-seat-left': 'Toutes les {sku} sont attribuées. Achetez-en une de plus pour l’attribuer ici.',
    'location-without-plan': 'Il n’existe pas de forfait d’appels dans ce lieu d’utilisation.',
    'voice-licence-required': 'Le forfait international nécessite une licence vocale avec forfait d’appels.',
    'other-voice-licence-assigned': 'Cet utilisateur a l’autre type de licence vocale. Retirez-la d’abord.',
    'number-taken': 'Ce numéro est en service chez quelqu’un d’autre.',
    'number-type-mismatch': 'Les numéros gratuits sont réservés aux services.',
    'email-taken': 'Un autre utilisateur a cette adresse de courriel.',
    'sip-username-taken': 'Un autre utilisateur a ce nom d’utilisateur SIP.',
    'name-missing': 'Un nouvel utilisateur doit avoir un nom.',
    'location-missing': 'Un nouvel utilisateur doit avoir un lieu d’utilisation.',
    'cell-unreadable': '{column} : « {cell} » ne peut pas être compris.',
    'row-quotes': 'Les guillemets de cette ligne ne correspondent pas.',
    'row-columns': 'Cette ligne a plus de cellules que d’en-têtes.',
    'user-unknown': 'Cet utilisateur n’existe pas, et cette importation n’ajoute personne.',
    'user-ambiguous':
      'Plusieurs utilisateurs s’appellent « {cell} ». Ajoutez une colonne avec leur courriel ou leur identifiant.',
    'user-twice': 'Cet utilisateur figurait déjà à la ligne {cell}.',
  },
}

/** One sentence about what is wrong with a row. */
export const faultSentence = ({ code, column, cell, sku }: RowFault, language: Language): string =>
  FAULTS[language][code]
    .replace('{sku}', sku === undefined ? '' : SKU_WORDS[language][sku])
    .replace('{column}', column === null ? '' : COLUMN_WORDS[language][column])
    .replace('{cell}', () => cell)
