import { defineWords } from '../../words/define.ts'

export const portOutWords = defineWords('port-out', {
  title: { en: 'Take a number to another carrier', fr: 'Emporter un numéro chez un autre opérateur' },
  lead: {
    en: 'For the carrier that takes a number over from us. Its holder has made a PIN for this.',
    fr: 'Pour l’opérateur qui reprend un de nos numéros. Le titulaire a créé un code confidentiel à cet effet.',
  },
  number: { en: 'Number', fr: 'Numéro' },
  numberHint: { en: 'In international format: +1 416 555 0123', fr: 'Au format international : +1 416 555 0123' },
  pin: { en: 'PIN of the holder', fr: 'Code du titulaire' },
  pinHint: { en: '10 digits', fr: '10 chiffres' },
  carrier: { en: 'Carrier that takes the number', fr: 'Opérateur qui reprend le numéro' },
  date: { en: 'When it leaves', fr: 'Date de départ' },
  dateHint: {
    en: 'A business day of the United States; left empty, the next one',
    fr: 'Un jour ouvrable aux États-Unis ; sans date, le prochain',
  },
  send: { en: 'Ask for the number', fr: 'Demander le numéro' },
  done: { en: '{number} leaves for {carrier}: {when}.', fr: 'Le {number} part chez {carrier} : {when}.' },
  doneMore: {
    en: 'Until then it works as before. Its holder has been told, and can keep it until it leaves.',
    fr: 'Jusque-là, il fonctionne comme avant. Le titulaire est prévenu et peut encore le garder.',
  },
  another: { en: 'Ask for another number', fr: 'Demander un autre numéro' },
})
