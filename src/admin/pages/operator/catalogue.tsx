/** What seats cost: every price that was ever set, which of them counts, and a new one from a day on. Nothing is changed afterwards. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Select,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { seatPriceOut } from '../../../api/offer-view.ts'
import { seatPriceBody } from '../../../api/schema/offer.ts'
import { SKUS } from '../../../core/catalogue.ts'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { typedAmount } from '../../words/typed-number.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import { catalogueWords } from './catalogue-words.ts'
import './operator.css'

type Price = z.output<typeof seatPriceOut>
const PRICES = '/v1/seat-prices'

/** From ever: the first of its kind counts wherever a clock stands. */
const isFromEver = ({ validFrom }: Price): boolean => Date.parse(validFrom) === 0

type Standing = 'inForce' | 'later' | 'former'

/** How a price stands among all of its product and currency: of two for the same instant the later one counts. */
function standingOf(price: Price, all: readonly Price[], now: number): Standing {
  if (Date.parse(price.validFrom) > now) return 'later'
  const rivals = all.filter(
    ({ sku, perMonth, validFrom }) =>
      sku === price.sku && perMonth.currency === price.perMonth.currency && Date.parse(validFrom) <= now,
  )
  const isBeaten = rivals.some(
    (other) => other.validFrom > price.validFrom || (other.validFrom === price.validFrom && other.id > price.id),
  )
  return isBeaten ? 'former' : 'inForce'
}

const PILLS: Readonly<Record<Standing, string>> = { inForce: 'k-pill-good', later: 'k-pill-warn', former: '' }

export default function CataloguePage() {
  const t = useWords(catalogueWords)
  const sku = useWords(skuWords)
  const mayEdit = useMay('catalogue:edit')
  const [{ panel }, set] = useUrlState({ panel: '' })
  const list = usePages<Price>(['seat-prices'], PRICES, { limit: 200 })
  const now = Date.now()
  const { rows } = list.table
  const columns: readonly Column<Price>[] = [
    { id: 'sku', title: t('sku'), phone: 'title', cell: (price) => <b>{sku(price.sku)}</b> },
    {
      id: 'price',
      title: t('price'),
      align: 'right',
      phone: 'figure',
      cell: ({ perMonth }) => <Money money={perMonth} />,
    },
    {
      id: 'from',
      title: t('from'),
      phone: 'fact',
      cell: (price) => (isFromEver(price) ? t('ever') : <When at={price.validFrom} />),
    },
    {
      id: 'standing',
      title: t('standing'),
      phone: 'fact',
      cell: (price) => {
        const standing = standingOf(price, rows ?? [], now)
        return <span className={`k-pill ${PILLS[standing]}`}>{t(`is.${standing}`)}</span>
      },
    },
    {
      id: 'by',
      title: t('by'),
      phone: 'fact',
      cell: ({ createdBy, createdAt }) => (
        <>
          <span translate="no">{createdBy}</span> · <When at={createdAt} />
        </>
      ),
    },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {mayEdit && (
          <Button appearance="primary" onClick={() => set({ panel: 'create' }, { push: true })}>
            {t('create')}
          </Button>
        )}
        <MoreMenu curl={{ path: PRICES }} />
      </PageHead>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rowKey={({ id }) => id}
          {...list.table}
          empty={<EmptyState drawing="gate" sentence={t('empty')} />}
        />
      </Card>
      {mayEdit && panel === 'create' && <PriceDialog onClose={() => set({ panel: '' })} />}
    </>
  )
}

function PriceDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(catalogueWords)
  const name = useWords(skuWords)
  const language = useLanguage()
  const say = useSay()
  const queries = useQueryClient()
  const form = useForm({
    initial: { sku: SKUS[0] as string, amount: '', currency: '', validFrom: '' },
    schema: seatPriceBody,
    toBody: ({ sku, amount, currency, validFrom }) => ({
      sku,
      perMonth: { amount: typedAmount(amount, language), currency: currency.trim().toUpperCase() },
      ...(validFrom === '' ? {} : { validFrom: `${validFrom}T00:00:00Z` }),
    }),
    fieldOf: (param) => param.replace('perMonth.', ''),
    submit: (body, intent) => api.post<Price>(PRICES, body, { intent }),
    async onDone() {
      await queries.invalidateQueries({ queryKey: ['seat-prices'] })
      say.done(t('made'))
      onClose()
    },
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('createTitle')}</DialogTitle>
            <DialogContent className="k-form">
              <Field {...form.field('sku', t('sku'))}>
                <Select value={form.values.sku} onChange={(_, { value }) => form.set('sku', value)}>
                  {SKUS.map((one) => (
                    <option key={one} value={one}>
                      {name(one)}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field {...form.field('amount', t('price'))}>
                <Input {...form.input('amount')} inputMode="decimal" className="num" autoComplete="off" />
              </Field>
              <Field {...form.field('currency', t('currency'))} hint={t('currencyHint')}>
                <Input {...form.input('currency')} maxLength={3} autoComplete="off" />
              </Field>
              <Field {...form.field('validFrom', t('from'))} hint={t('fromHint')}>
                <Input {...form.input('validFrom')} type="date" />
              </Field>
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('create')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
