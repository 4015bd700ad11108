import { defineWords } from '../../words/define.ts'

export const addWords = defineWords('add-user', {
  title: { en: 'Add users', fr: 'Ajouter des utilisateurs' },
  name: { en: 'Name', fr: 'Nom' },
  email: { en: 'E-mail (optional)', fr: 'Courriel (facultatif)' },
  location: { en: 'Usage location', fr: 'Lieu d’utilisation' },
  locationHint: {
    en: 'Where the person is: it decides whose minutes they use.',
    fr: 'Où se trouve la personne : les minutes utilisées en dépendent.',
  },
  number: { en: 'Number (optional)', fr: 'Numéro (facultatif)' },
  assign: { en: 'Assign {product}', fr: 'Attribuer : {product}' },
  free: { en: '[lic:n] free', fr: 'Licences libres : {n}' },
  noneFree: { en: 'No licence is free.', fr: 'Aucune licence libre.' },
  buy: { en: 'Buy licences', fr: 'Acheter des licences' },
  submit: { en: 'Add', fr: 'Ajouter' },
  another: { en: 'Add and go on', fr: 'Ajouter et continuer' },
  added: { en: '{name} added', fr: '{name} : utilisateur ajouté' },
  many: {
    en: 'Many at once? <a>Import a CSV</a>.',
    fr: 'Plusieurs à la fois ? <a>Importez un CSV</a>.',
  },
})
