/** The answer beside the bill: the difference, both in a picture, line by line to the sixth decimal, and the licences and plans. */
import type { WhatIfResult } from '../../../api/schema/what-if.ts'
import { countryName } from '../../../core/country.ts'
import { formatMicros, micros, parseMicros } from '../../../core/money.ts'
import { Card } from '../../kit/card.tsx'
import { Money } from '../../kit/figures.tsx'
import { CostByBasket } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import type { PersonChange } from './asked.ts'
import { whatIfWords } from './words.ts'

type Costs = WhatIfResult['costs']
type Line = keyof Costs
type MoneyText = Costs['total']

const LINES = [
  'licences',
  'international',
  'beyondDomestic',
  'abroad',
  'beyondConference',
  'always',
] as const satisfies readonly Line[]
const CREDIT_LINES = ['beyondDomestic', 'abroad', 'beyondConference', 'always'] as const

const amountOf = ({ amount }: MoneyText): bigint => parseMicros(amount) ?? 0n
const moneyOf = (amount: bigint, { currency }: MoneyText): MoneyText => ({
  amount: formatMicros(micros(amount)),
  currency,
})

export function WhatIfAnswer({ found }: { readonly found: WhatIfResult }) {
  const t = useWords(whatIfWords)
  const formats = useFormats()
  const months = formats.list(found.months.map((month) => formats.month(month)))
  return (
    <div className="k-stack">
      <Card>
        <Headline found={found} />
        <p className="k-quiet">{t('over', { count: found.calls, months })}</p>
        <p>{found.order === 'recorded' ? t('billWhy') : t('canonicalWhy')}</p>
        <TooFew found={found} />
        {found.status !== 'given' && <p>{found.status === 'proven' ? t('proven') : t('stopped')}</p>}
      </Card>
      <Changes question={found.question} />
      {found.order === 'canonical' && <SideBySide found={found} />}
      <LinesTable found={found} />
      <Baskets found={found} />
    </div>
  )
}

function Headline({ found: { order, before, costs } }: { readonly found: WhatIfResult }) {
  const t = useWords(whatIfWords)
  const formats = useFormats()
  const change = amountOf(costs.total) - amountOf(before.total)
  if (order === 'recorded')
    return <h2 className="what-if-headline">{t('bill', { total: formats.money(costs.total, 'exact') })}</h2>
  const size = formats.money(moneyOf(change < 0n ? -change : change, costs.total))
  return (
    <>
      <h2 className={`what-if-headline ${change < 0n ? 'what-if-less' : change > 0n ? 'what-if-more' : ''}`}>
        {change === 0n ? t('same') : t(change < 0n ? 'less' : 'more', { amount: size })}
      </h2>
      <p className="k-sentence">
        {t('insteadOf', { after: formats.money(costs.total, 'exact'), before: formats.money(before.total, 'exact') })}
      </p>
    </>
  )
}

/** L1: fewer licences than people with calls outside would have silenced some of them. */
function TooFew({ found: { basket, needed } }: { readonly found: WhatIfResult }) {
  const t = useWords(whatIfWords)
  const language = useLanguage()
  return needed.map(({ country, people }) => {
    const licences = basket.countries.find((one) => one.country === country)?.licences ?? 0
    if (licences >= people) return null
    const name = countryName(country as Parameters<typeof countryName>[0], language)
    return (
      <p key={country} className="what-if-more">
        {t('tooFew', { count: people - licences, country: name, licences, people })}
      </p>
    )
  })
}

function Changes({ question }: { readonly question: WhatIfResult['question'] }) {
  const t = useWords(whatIfWords)
  const formats = useFormats()
  const { percent, licencePrice, internationalPrice, basket, heads, plan, rateDeckVersion } = question
  const byPeople = (people: number): PersonChange => (people === 0 ? 'leaves' : people === 2 ? 'twice' : 'thrice')
  const said = [
    ...(percent === 100 ? [] : [t('percentOf', { percent })]),
    ...(licencePrice ? [t('licenceAt', { price: formats.money(licencePrice) })] : []),
    ...(internationalPrice ? [t('internationalAt', { price: formats.money(internationalPrice) })] : []),
    ...(rateDeckVersion === null ? [] : [t('ratesOf', { version: rateDeckVersion })]),
    ...(basket === 'now' ? [] : [t(basket === 'best' ? 'cheapest' : 'given')]),
    ...heads
      .filter(({ people }) => people !== 1)
      .map(({ name, people }) => t('personChange', { name, what: t(byPeople(people)) })),
    ...plan.map(({ name, holds }) => t('personChange', { name, what: t(holds ? 'getsPlan' : 'losesPlan') })),
  ]
  if (said.length === 0) return null
  return (
    <Card title={t('changed')}>
      <ul className="what-if-list">
        {said.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Card>
  )
}

function SideBySide({ found: { before, costs } }: { readonly found: WhatIfResult }) {
  const t = useWords(whatIfWords)
  const formats = useFormats()
  const total = (of: Costs) => formats.money(of.total)
  const bar = (id: 'before' | 'after', of: Costs) => ({
    id,
    label: t(id),
    total: total(of),
    isBest: id === 'after',
    parts: [
      { fund: 'pool' as const, amount: amountOf(of.licences) },
      { fund: 'addon' as const, amount: amountOf(of.international) },
      { fund: 'credits' as const, amount: CREDIT_LINES.reduce((sum, line) => sum + amountOf(of[line]), 0n) },
    ],
  })
  return (
    <Card title={t('picture')}>
      <div translate="no">
        <CostByBasket
          label={t('pictureLabel', { before: total(before), after: total(costs) })}
          baskets={[bar('before', before), bar('after', costs)]}
        />
      </div>
    </Card>
  )
}

function LinesTable({ found: { order, before, costs } }: { readonly found: WhatIfResult }) {
  const t = useWords(whatIfWords)
  const isBill = order === 'recorded'
  const row = (line: Line) => (
    <>
      <th scope="row">{t(line)}</th>
      {!isBill && (
        <td className="num">
          <Money money={before[line]} style="exact" />
        </td>
      )}
      <td className="num">
        <Money money={costs[line]} style="exact" />
      </td>
      {!isBill && (
        <td className="num">
          <Money money={moneyOf(amountOf(costs[line]) - amountOf(before[line]), costs[line])} style="exact" />
        </td>
      )}
    </>
  )
  return (
    <Card>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keys */}
      <section className="what-if-wide" tabIndex={0} aria-label={t('line')}>
        <table className="what-if-lines">
          <thead>
            <tr>
              <th scope="col">{t('line')}</th>
              {!isBill && (
                <th scope="col" className="num">
                  {t('before')}
                </th>
              )}
              <th scope="col" className="num">
                {isBill ? t('before') : t('after')}
              </th>
              {!isBill && (
                <th scope="col" className="num">
                  {t('difference')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {LINES.map((line) => (
              <tr key={line}>{row(line)}</tr>
            ))}
          </tbody>
          <tfoot>
            <tr>{row('total')}</tr>
          </tfoot>
        </table>
      </section>
    </Card>
  )
}

function Baskets({ found: { current, basket } }: { readonly found: WhatIfResult }) {
  const t = useWords(whatIfWords)
  const language = useLanguage()
  const countries = [...new Set([...current.countries, ...basket.countries].map(({ country }) => country))].sort()
  const countOf = ({ countries: all }: WhatIfResult['basket'], country: string) => {
    const found = all.find((one) => one.country === country)
    return { licences: found?.licences ?? 0, international: found ? found.holders.length + found.idleHolders : 0 }
  }
  const change = (before: number, after: number): string =>
    before === after ? String(after) : t('fromTo', { before, after })
  if (countries.length === 0) return null
  return (
    <Card title={t('inUse')}>
      <table className="what-if-lines">
        <thead>
          <tr>
            <th scope="col">{t('country')}</th>
            <th scope="col" className="num">
              {t('licences')}
            </th>
            <th scope="col" className="num">
              {t('international')}
            </th>
          </tr>
        </thead>
        <tbody>
          {countries.map((country) => {
            const [before, after] = [countOf(current, country), countOf(basket, country)]
            return (
              <tr key={country}>
                <th scope="row" translate="no">
                  {countryName(country as Parameters<typeof countryName>[0], language)}
                </th>
                <td className="num">{change(before.licences, after.licences)}</td>
                <td className="num">{change(before.international, after.international)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Card>
  )
}
