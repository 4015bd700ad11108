/** The month that is over beside the cheapest licences and plans for its calls, and the one click that changes the next one. */
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go } from '../../kit/go.tsx'
import { CostByBasket } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { Home } from './data.ts'
import { homeWords } from './words.ts'

type Review = NonNullable<Home['review']>

const microsOf = (amount: string): bigint => BigInt(amount.replace('.', ''))

export function ReviewCard({ review }: { readonly review: Review }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  const { month, saved, cost, best, seats } = review
  const seatText = ({ licences, international }: Review['seats']['best']): string =>
    t('reviewSeats', {
      licences: t('reviewLicences', { count: licences }),
      plans: t('reviewPlans', { count: international }),
    })
  const bar = (id: 'before' | 'best', costs: Review['cost']) => ({
    id,
    label: t(id === 'best' ? 'reviewBest' : 'reviewWas'),
    total: formats.money(costs.total),
    isBest: id === 'best',
    parts: [
      { fund: 'pool' as const, amount: microsOf(costs.licences.amount) },
      { fund: 'addon' as const, amount: microsOf(costs.international.amount) },
      { fund: 'credits' as const, amount: microsOf(costs.credits.amount) },
    ],
  })
  const isMove = review.step.kind === 'move'
  return (
    <Card
      className="h-review"
      title={t('review', { month: formats.month(month) })}
      aside={<Go to="billing/what-if">{t('reviewHow')}</Go>}
    >
      <div className="h-review-columns">
        <div>
          <p className="h-review-saved">{t('reviewSaved', { amount: formats.money(saved) })}</p>
          <p className="k-quiet">
            {isMove
              ? t('reviewOthers', { seats: seatText(seats.best) })
              : t('reviewWith', { best: seatText(seats.best), before: seatText(seats.before) })}
          </p>
          <Step step={review.step} />
        </div>
        <div translate="no">
          <CostByBasket
            label={t('reviewPicture', { cost: formats.money(cost.total), best: formats.money(best.total) })}
            baskets={[bar('before', cost), bar('best', best)]}
          />
        </div>
      </div>
    </Card>
  )
}

/** Prepared where it is done, with what it costs: nothing is bought by this click. */
function Step({ step }: { readonly step: Review['step'] }) {
  const t = useWords(homeWords)
  const mayBuy = useMay('licence:buy')
  if (step.kind === 'move' || !mayBuy)
    return (
      <p className="h-actions">
        <Go to="billing/advice">{t('reviewWho')}</Go>
      </p>
    )
  const address =
    step.kind === 'buy'
      ? `billing/purchase?add=${step.items.map(({ sku, quantity }) => `${sku}:${quantity}`).join(',')}`
      : `billing/purchase?panel=fewer&sku=${step.sku}`
  return (
    <p className="h-actions">
      <Go className="h-button" to={address}>
        {step.kind === 'buy' ? t('reviewOrder') : t('reviewFewer', { count: step.seats })}
      </Go>
    </p>
  )
}
