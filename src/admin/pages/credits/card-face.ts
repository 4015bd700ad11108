import { useWords } from '../../words/use.tsx'
import type { Method } from './data.ts'
import { creditsWords } from './words.ts'

const PRACTICE = ['practice-accepted', 'practice-declined', 'practice-slow', 'practice-unanswered'] as const

/** Which face a token of the shipped provider has: what the API calls it is not for people. */
export const PRACTICE_FACES: Readonly<Record<string, (typeof PRACTICE)[number]>> = {
  'card-ok': 'practice-accepted',
  'card-declined': 'practice-declined',
  'card-slow': 'practice-slow',
  'card-timeout': 'practice-unanswered',
}

const providerName = (provider: string): string => provider.charAt(0).toUpperCase() + provider.slice(1)

/** What people know a card by: `Visa •••• 4242`. */
export function useCardFace(): (method: Pick<Method, 'card' | 'provider'>) => string {
  const t = useWords(creditsWords)
  return ({ card, provider }) => {
    if (card === null) return t('cardOf', { provider: providerName(provider) })
    const practice = PRACTICE.find((brand) => brand === card.brand)
    if (practice) return t(`brand.${practice}`)
    const brand = card.brand.charAt(0).toUpperCase() + card.brand.slice(1)
    return card.lastFour === null ? brand : t('cardFace', { brand, last: card.lastFour })
  }
}

/** `exp 04/28`; null where nobody knows. */
export function useCardExpiry(): (method: Pick<Method, 'card'>) => string | null {
  const t = useWords(creditsWords)
  return ({ card }) => {
    if (!card?.expires) return null
    const [year = '', month = ''] = card.expires.split('-')
    return t('cardExpires', { date: `${month}/${year.slice(2)}` })
  }
}
