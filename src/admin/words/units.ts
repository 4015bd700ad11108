/** Counted things inside sentences: `[min:left]`, `[sec:warning]`, `[lic:free]`, `[call:n]`, `[day:n]`. */
import { defineWords } from './define.ts'

export const unitWords = defineWords('unit', {
  min: {
    en: { one: '{count} minute', other: '{count} minutes' },
    fr: { one: '{count} minute', many: '{count} de minutes', other: '{count} minutes' },
  },
  sec: {
    en: { one: '{count} second', other: '{count} seconds' },
    fr: { one: '{count} seconde', many: '{count} de secondes', other: '{count} secondes' },
  },
  lic: {
    en: { one: '{count} licence', other: '{count} licences' },
    fr: { one: '{count} licence', many: '{count} de licences', other: '{count} licences' },
  },
  call: {
    en: { one: '{count} call', other: '{count} calls' },
    fr: { one: '{count} appel', many: '{count} d’appels', other: '{count} appels' },
  },
  day: {
    en: { one: '{count} day', other: '{count} days' },
    fr: { one: '{count} jour', many: '{count} de jours', other: '{count} jours' },
  },
})
