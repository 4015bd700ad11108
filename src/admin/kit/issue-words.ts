import { defineWords } from '../words/define.ts'

export const issueWords = defineWords('issue', {
  required: { en: 'This is needed.', fr: 'Ce champ est nécessaire.' },
  tooShort: {
    en: { one: 'At least {count} character.', other: 'At least {count} characters.' },
    fr: {
      one: 'Au moins {count} caractère.',
      many: 'Au moins {count} de caractères.',
      other: 'Au moins {count} caractères.',
    },
  },
  tooLong: {
    en: { one: 'At most {count} character.', other: 'At most {count} characters.' },
    fr: {
      one: 'Au plus {count} caractère.',
      many: 'Au plus {count} de caractères.',
      other: 'Au plus {count} caractères.',
    },
  },
  atLeast: { en: '{least} or more.', fr: '{least} ou plus.' },
  atMost: { en: '{most} or less.', fr: '{most} ou moins.' },
  notAmount: { en: 'An amount such as 12.50.', fr: 'Un montant, comme 12,50.' },
  notWhole: { en: 'A whole number.', fr: 'Un nombre entier.' },
  notNumber: { en: 'A number.', fr: 'Un nombre.' },
})
