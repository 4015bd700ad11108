import { defineWords } from '../../words/define.ts'

export const notFoundWords = defineWords('not-found', {
  title: { en: 'There is nothing here', fr: 'Il n’y a rien ici' },
  why: {
    en: 'The address is wrong, or what it leads to is not yours to see.',
    fr: 'L’adresse est fausse, ou ce qu’elle désigne ne vous est pas accessible.',
  },
  home: { en: 'Go home', fr: 'Aller à l’accueil' },
  searching: { en: 'Looking for {what}…', fr: 'Recherche de {what}…' },
})
