import { defineWords } from '../../words/define.ts'

export const catalogueWords = defineWords('catalogue', {
  title: { en: 'Catalogue', fr: 'Catalogue' },
  sentence: {
    en: 'What a seat costs a month. A price is never changed: a new one counts from its day on.',
    fr: 'Ce que coûte une licence par mois. Un prix n’est jamais modifié : un nouveau compte à partir de son jour.',
  },
  sku: { en: 'Product', fr: 'Produit' },
  price: { en: 'Price per month', fr: 'Prix par mois' },
  currency: { en: 'Currency', fr: 'Devise' },
  currencyHint: { en: 'Three letters: CAD, USD, GBP', fr: 'Trois lettres : CAD, USD, GBP' },
  from: { en: 'From', fr: 'À partir de' },
  fromHint: {
    en: 'From midnight UTC of that day. Empty: from now on.',
    fr: 'Dès minuit UTC ce jour-là. Vide : dès maintenant.',
  },
  ever: { en: 'the beginning', fr: 'le début' },
  standing: { en: 'Standing', fr: 'État' },
  'is.inForce': { en: 'In force', fr: 'En vigueur' },
  'is.later': { en: 'From later', fr: 'À venir' },
  'is.former': { en: 'Former', fr: 'Ancien' },
  by: { en: 'Set by', fr: 'Fixé par' },
  empty: {
    en: 'No price is set yet, so nothing can be bought.',
    fr: 'Aucun prix n’est encore fixé : rien ne peut être acheté.',
  },
  create: { en: 'Set a price', fr: 'Fixer un prix' },
  createTitle: { en: 'New price of a seat', fr: 'Nouveau prix d’une licence' },
  made: { en: 'Price set', fr: 'Prix fixé' },
  cancel: { en: 'Cancel', fr: 'Annuler' },
})
