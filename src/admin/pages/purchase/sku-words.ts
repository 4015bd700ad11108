import { defineWords } from '../../words/define.ts'

/** What products are called. */
export const skuWords = defineWords('sku', {
  'voice-with-calling-plan': { en: 'Voice with Calling Plan', fr: 'Voix avec forfait d’appels' },
  'voice-without-calling-plan': { en: 'Voice without Calling Plan', fr: 'Voix sans forfait d’appels' },
  'international-calling-plan': { en: 'International Calling Plan', fr: 'Forfait d’appels international' },
})
