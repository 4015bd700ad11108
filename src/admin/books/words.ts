import { defineWords } from '../words/define.ts'

export const booksWords = defineWords('books', {
  balanced: { en: 'Books balanced to the second', fr: 'Comptes exacts à la seconde près' },
  checked: { en: 'checked {ago}', fr: 'vérifiés {ago}' },
  checking: {
    en: { one: 'Checking {count} posting', other: 'Checking {count} postings' },
    fr: {
      one: 'Vérification : {count} écriture',
      many: 'Vérification : {count} d’écritures',
      other: 'Vérification : {count} écritures',
    },
  },
  checkingFirst: { en: 'Checking the books', fr: 'Vérification des comptes' },
  firstTime: { en: 'for the first time', fr: 'pour la première fois' },
  lastChecked: { en: 'Last checked at {time}', fr: 'Dernière vérification à {time}' },
  lastCheckedSub: { en: 'balanced then', fr: 'exacts à ce moment' },
  off: {
    en: { one: 'The books disagree in {count} place', other: 'The books disagree in {count} places' },
    fr: {
      one: 'Écart dans les comptes : {count} endroit',
      many: 'Écart dans les comptes : {count} d’endroits',
      other: 'Écart dans les comptes : {count} endroits',
    },
  },
  unknown: { en: 'Not checked yet', fr: 'Pas encore vérifiés' },
  soon: { en: 'the first check is due', fr: 'première vérification à venir' },
  title: { en: 'What was checked', fr: 'Ce qui a été vérifié' },
  postings: { en: 'Postings', fr: 'Écritures' },
  accounts: { en: 'Pools and lots', fr: 'Pools et lots' },
  calls: { en: 'Calls', fr: 'Appels' },
  sums: { en: 'Debits = credits', fr: 'Débits = crédits' },
  yes: { en: 'yes', fr: 'oui' },
  no: { en: 'no', fr: 'non' },
  heldSeconds: { en: 'Minutes held by live calls', fr: 'Minutes réservées par des appels en cours' },
  heldMoney: { en: 'Credits held by live calls', fr: 'Crédits réservés par des appels en cours' },
  overrun: { en: 'Spoken and charged to nobody', fr: 'Parlées et facturées à personne' },
  took: { en: 'Took', fr: 'Durée' },
  ms: { en: '{ms} ms', fr: '{ms} ms' },
  at: { en: 'At', fr: 'À' },
  difference: {
    en: '{account}: {expected} by the postings, {actual} kept',
    fr: '{account} : {expected} selon les écritures, {actual} enregistrés',
  },
  checkNow: { en: 'Check now', fr: 'Vérifier maintenant' },
  answer: { en: 'The answer as JSON', fr: 'La réponse en JSON' },
})
