/** What the catalogue sells today, as the numbers that the advice calculates with. */
import { allowanceSeconds, POOL_INCREMENT, VOICE_LICENCES_MAX } from '../catalogue.ts'
import { COUNTRY_OFFERS, type Country } from '../country.ts'
import type { AdviceOptions, PoolRules } from './types.ts'

/** P1, P5, L7, P9, L8. A grant asks for one increment, so that parallel calls draw in the order of their seconds (P10). */
export const CATALOGUE_RULES: PoolRules = {
  incrementSeconds: POOL_INCREMENT.nextSeconds,
  grantSeconds: POOL_INCREMENT.nextSeconds,
  domesticSeconds: new Map<Country, number>(
    COUNTRY_OFFERS.filter(({ licenceType }) => licenceType === 'with-calling-plan').map(({ country }) => [
      country,
      allowanceSeconds(country, 'domestic'),
    ]),
  ),
  internationalSeconds: allowanceSeconds('', 'international'),
  conferenceSeconds: allowanceSeconds('', 'conference'),
  licencesMax: VOICE_LICENCES_MAX,
}

/** A risk of one in twenty, a card that answers within a quarter of an hour. */
export const DEFAULT_ADVICE_OPTIONS: AdviceOptions = {
  extraLicences: true,
  idleHolders: true,
  dryRisk: 0.05,
  rechargeLeadSeconds: 900,
  dailyCap: null,
  extras: true,
}
