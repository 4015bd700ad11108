import { defineWords } from '../../words/define.ts'

export const stockWords = defineWords('number-stock', {
  title: { en: 'Number stock', fr: 'Stock de numéros' },
  sentence: {
    en: { one: '{count} number to be had', other: '{count} numbers to be had' },
    fr: { one: '{count} numéro disponible', many: '{count} numéros disponibles', other: '{count} numéros disponibles' },
  },
  import: { en: 'Add numbers', fr: 'Ajouter des numéros' },
  search: { en: 'Digits of a number', fr: 'Chiffres d’un numéro' },
  country: { en: 'Country', fr: 'Pays' },
  type: { en: 'Type', fr: 'Type' },
  status: { en: 'Status', fr: 'État' },
  number: { en: 'Number', fr: 'Numéro' },
  place: { en: 'Place', fr: 'Lieu' },
  carrier: { en: 'Carrier', fr: 'Opérateur' },
  holder: { en: 'Organisation', fr: 'Organisation' },
  'status.available': { en: 'Available', fr: 'Disponible' },
  'status.reserved': { en: 'Reserved', fr: 'Réservé' },
  'status.in-service': { en: 'In service', fr: 'En service' },
  'status.quarantine': { en: 'Resting', fr: 'En attente' },
  'status.withdrawn': { en: 'Withdrawn', fr: 'Retiré' },
  none: {
    en: 'No numbers yet. Import the ranges that your carriers have given you.',
    fr: 'Aucun numéro. Importez les plages que vos opérateurs vous ont attribuées.',
  },
  noMatch: { en: 'No number matches these filters.', fr: 'Aucun numéro ne correspond à ces filtres.' },
  clear: { en: 'Clear filters', fr: 'Effacer les filtres' },
  withdraw: { en: 'Withdraw', fr: 'Retirer du stock' },
  withdrawn: {
    en: { one: '{count} number withdrawn.', other: '{count} numbers withdrawn.' },
    fr: { one: '{count} numéro retiré.', many: '{count} numéros retirés.', other: '{count} numéros retirés.' },
  },
  importTitle: { en: 'Add numbers to the stock', fr: 'Ajouter des numéros au stock' },
  importHow: {
    en: 'A CSV with the columns {columns}. A line is a number or a range; types are user, service-toll and service-toll-free.',
    fr: 'Un CSV avec les colonnes {columns}. Une ligne est un numéro ou une plage ; les types sont user, service-toll et service-toll-free.',
  },
  file: { en: 'CSV file', fr: 'Fichier CSV' },
  add: {
    en: { one: 'Add {count} number', other: 'Add {count} numbers' },
    fr: { one: 'Ajouter {count} numéro', many: 'Ajouter {count} numéros', other: 'Ajouter {count} numéros' },
  },
  added: {
    en: { one: '{count} number added.', other: '{count} numbers added.' },
    fr: { one: '{count} numéro ajouté.', many: '{count} numéros ajoutés.', other: '{count} numéros ajoutés.' },
  },
  close: { en: 'Close', fr: 'Fermer' },
  lines: { en: 'Lines', fr: 'Lignes' },
  line: { en: 'Line', fr: 'Ligne' },
  range: { en: 'Numbers', fr: 'Numéros' },
  verdict: { en: 'What becomes of it', fr: 'Résultat' },
  'verdict.add': {
    en: { one: '{count} is added', other: '{count} are added' },
    fr: { one: '{count} ajouté', many: '{count} ajoutés', other: '{count} ajoutés' },
  },
  'verdict.nothing': { en: 'Known already', fr: 'Déjà connus' },
  refused: {
    en: {
      one: '{count} line is refused: nothing is added until it is corrected.',
      other: '{count} lines are refused: nothing is added until they are corrected.',
    },
    fr: {
      one: '{count} ligne refusée : rien n’est ajouté tant qu’elle n’est pas corrigée.',
      many: '{count} lignes refusées : rien n’est ajouté tant qu’elles ne sont pas corrigées.',
      other: '{count} lignes refusées : rien n’est ajouté tant qu’elles ne sont pas corrigées.',
    },
  },
  rest: { en: 'Rest of released numbers', fr: 'Attente des numéros libérés' },
  restSentence: {
    en: 'Days until a released number may be given to somebody else.',
    fr: 'Nombre de jours avant qu’un numéro libéré puisse être attribué à quelqu’un d’autre.',
  },
  days: { en: 'Days', fr: 'Jours' },
  save: { en: 'Save', fr: 'Enregistrer' },
  saved: { en: 'Saved.', fr: 'Enregistré.' },
})
