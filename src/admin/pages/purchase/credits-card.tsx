/** The wallet beside the products: how much is there, and the way to more. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { walletOut } from '../../../api/wallet.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Money } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { purchaseWords } from './words.ts'

/** The smallest funding by card, in units of any currency (W4). */
const LEAST = '50'

export function CreditsCard() {
  const t = useWords(purchaseWords)
  const formats = useFormats()
  const { id, currency } = useTenant()
  const mayFund = useMay('wallet:fund')
  const { data } = useQuery({
    queryKey: ['wallet', id],
    queryFn: ({ signal }) => api.get<z.output<typeof walletOut>>(`/v1/tenants/${id}/wallet`, { signal }),
  })
  return (
    <Card title={t('credits')} className="b-card">
      <p className="b-price">
        <span className="k-big">{t('creditsFrom', { least: formats.money({ amount: LEAST, currency }) })}</span>
      </p>
      <p>{t('creditsWhat')}</p>
      {data ? (
        <p>
          {t('available')}: <Money money={data.available} />
        </p>
      ) : (
        <Skeleton lines={1} />
      )}
      <Go to={mayFund ? 'billing/credits?panel=fund' : 'billing/credits'} className="b-link">
        {t(mayFund ? 'addFunds' : 'credits')}
      </Go>
    </Card>
  )
}
