/** What is chosen and what it costs, line by line; a last look before it is ordered; what came of it. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ApiProblem, api, isProblem, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useIsPhone } from '../../kit/use-is-phone.ts'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Item, offersKey, type Quote, useQuote } from './data.ts'
import { skuWords } from './sku-words.ts'
import { purchaseWords } from './words.ts'

export interface OrderCardProps {
  readonly items: readonly Item[]
  readonly month: string
  readonly onClear: () => void
}

export function OrderCard({ items, month, onClear }: OrderCardProps) {
  const t = useWords(purchaseWords)
  const [isOpen, setOpen] = useState(false)
  const [bought, setBought] = useState(0)
  const quote = useQuote(items)
  const mayAssign = useMay('licence:assign')
  const shown = items.length > 0 ? quote.data : undefined
  return (
    <Card title={t('order')} className="b-order">
      {bought > 0 && items.length === 0 && (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>
            <b>{t('ordered', { count: bought })}</b> {t('orderedNext')}
          </MessageBarBody>
          {mayAssign && (
            <MessageBarActions>
              <Go to="users">{t('assign')}</Go>
            </MessageBarActions>
          )}
        </MessageBar>
      )}
      {items.length === 0 && bought === 0 && <p className="k-quiet">{t('nothingChosen')}</p>}
      {quote.error ? (
        <BlockError error={quote.error} onRetry={quote.refetch} />
      ) : (
        items.length > 0 && (shown ? <QuoteTable quote={shown} month={month} /> : <Skeleton lines={3} />)
      )}
      {items.length > 0 && (
        <div className="k-row b-order-buttons">
          <Button appearance="primary" disabled={!shown || quote.isPlaceholderData} onClick={() => setOpen(true)}>
            {t('review')}
          </Button>
          <Button appearance="subtle" onClick={onClear}>
            {t('clear')}
          </Button>
        </div>
      )}
      {isOpen && shown && (
        <Review
          items={items}
          quote={shown}
          month={month}
          onClose={() => setOpen(false)}
          onOrdered={() => {
            setBought(items.reduce((sum, item) => sum + item.quantity, 0))
            setOpen(false)
            onClear()
          }}
        />
      )}
    </Card>
  )
}

function QuoteTable({ quote, month }: { readonly quote: Quote; readonly month: string }) {
  const t = useWords(purchaseWords)
  const formats = useFormats()
  const isPhone = useIsPhone()
  const { lines, onStatement, fromCredits, monthlyMore } = quote
  const hasMoney = (money: Quote['onStatement']): boolean => !/^[0.]+$/.test(money.amount)
  return (
    <div className="b-quote">
      {isPhone ? <QuoteList lines={lines} /> : <QuoteLines lines={lines} label={t('order')} />}
      <dl className="b-sums">
        {(hasMoney(onStatement) || !hasMoney(fromCredits)) && (
          <div>
            <dt>{t('dueOnStatement', { month: formats.month(month) })}</dt>
            <dd data-sum="statement">
              <Money money={onStatement} />
            </dd>
          </div>
        )}
        {hasMoney(fromCredits) && (
          <div>
            <dt>{t('dueFromCredits')}</dt>
            <dd data-sum="credits">
              <Money money={fromCredits} />
            </dd>
          </div>
        )}
        <div className="b-then">
          <dt>{t('monthlyMore')}</dt>
          <dd data-sum="monthly">
            <Money money={monthlyMore} />
          </dd>
        </div>
      </dl>
      <p className="k-quiet">{t('proRata')}</p>
      {quote.poolsNow.map(({ plan, seconds }) => (
        <p className="k-quiet" key={plan}>
          {t('poolsNow', { minutes: seconds / 60 })}
        </p>
      ))}
      {quote.poolsWhenAssigned.length > 0 && <p className="k-quiet">{t('poolsLater')}</p>}
    </div>
  )
}

type Lines = Quote['lines']

function QuoteLines({ lines, label }: { readonly lines: Lines; readonly label: string }) {
  const t = useWords(purchaseWords)
  const names = useWords(skuWords)
  const noon = (date: string): string => `${date}T12:00:00`
  return (
    <div className="k-table">
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('item')}</th>
            <th scope="col">{t('dates')}</th>
            <th scope="col" className="k-figure">
              {t('days')}
            </th>
            <th scope="col" className="k-figure">
              {t('each')}
            </th>
            <th scope="col" className="k-figure">
              {t('amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.sku}>
              <td>
                <b className="num">+{line.quantity}</b> {names(line.sku)}
              </td>
              <td className="num">
                <When at={noon(line.from)} style="day" /> – <When at={noon(line.to)} style="day" />
              </td>
              <td className="k-figure num">{t('daysOf', { days: line.days, all: line.monthDays })}</td>
              <td className="k-figure">{line.perMonth ? <Money money={line.perMonth} /> : t('noPrice')}</td>
              <td className="k-figure" data-column="amount">
                <Money money={line.amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function QuoteList({ lines }: { readonly lines: Lines }) {
  const t = useWords(purchaseWords)
  const names = useWords(skuWords)
  return (
    <ul className="b-quote-list">
      {lines.map((line) => (
        <li key={line.sku}>
          <span>
            <b className="num">+{line.quantity}</b> {names(line.sku)}
            <em className="k-quiet num">{t('daysOf', { days: line.days, all: line.monthDays })}</em>
          </span>
          <span data-column="amount">
            <Money money={line.amount} />
          </span>
        </li>
      ))}
    </ul>
  )
}

interface ReviewProps {
  readonly items: readonly Item[]
  readonly quote: Quote
  readonly month: string
  readonly onClose: () => void
  readonly onOrdered: () => void
}

/** The order carries what was shown: if it would cost anything else, nothing is ordered and the new quote is shown. */
function Review({ items, quote: asked, month, onClose, onOrdered }: ReviewProps) {
  const t = useWords(purchaseWords)
  const k = useWords(kitWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const intent = useRef(newIntent())
  const [quote, setQuote] = useState(asked)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  async function order(): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      const { onStatement, fromCredits, monthlyMore } = quote
      const body = { items, expect: { onStatement, fromCredits, monthlyMore } }
      await api.post(`/v1/tenants/${id}/orders`, body, { intent: intent.current })
      await queries.invalidateQueries({ queryKey: offersKey(id) })
      void queries.invalidateQueries({ queryKey: ['wallet', id] })
      onOrdered()
    } catch (error) {
      if (!isProblem(error)) throw error
      if (error.status !== 0) intent.current = newIntent()
      if (error.code === 'quote-changed') setQuote(error.body.quote as Quote)
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !isBusy && onClose()}>
      <DialogSurface className="b-dialog">
        <DialogBody>
          <DialogTitle>{t('reviewTitle')}</DialogTitle>
          <DialogContent className="k-confirm">
            <QuoteTable quote={quote} month={month} />
            <p>{t('reviewHow')}</p>
            {problem && (
              <Refusal
                title={
                  problem.code === 'quote-changed'
                    ? t('priceChanged')
                    : problem.status === 0
                      ? k('notReached')
                      : problem.title
                }
                detail={problem.detail}
              />
            )}
            {problem?.code === 'credits-too-low' && <Go to="billing/credits?panel=fund">{t('addFunds')}</Go>}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose} disabled={isBusy}>
              {k('cancel')}
            </Button>
            <Button appearance="primary" onClick={() => void order()} disabled={isBusy}>
              {t('place')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
