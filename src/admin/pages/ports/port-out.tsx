/** The PIN with which another carrier can take a number, and the numbers that leave (N5). */
import { Button } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { CopyButton } from '../../kit/notes.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { portWords } from './words.ts'

interface Pin {
  readonly isSet: boolean
  readonly setAt: string | null
}

interface Leaving {
  readonly id: string
  readonly number: string
  readonly carrier: string
  readonly leavesAt: string
  readonly status: 'scheduled' | 'completed' | 'cancelled'
}

export function PortOut() {
  const t = useWords(portWords)
  const { id } = useTenant()
  const mayEdit = useMay('port:edit')
  const formats = useFormats()
  const phone = usePhoneFormat()
  const say = useSay()
  const queries = useQueryClient()
  const [shown, setShown] = useState<string | null>(null)
  const [isAsking, setAsking] = useState(false)
  const [keeping, setKeeping] = useState<Leaving | null>(null)
  const path = `/v1/tenants/${id}/port-out-pin`
  const pin = useQuery({ queryKey: ['port-out-pin', id], queryFn: ({ signal }) => api.get<Pin>(path, { signal }) })
  const leaving = useQuery({
    queryKey: ['port-outs', id],
    queryFn: ({ signal }) => api.get<{ data: readonly Leaving[] }>(`/v1/tenants/${id}/port-outs`, { signal }),
  })
  async function make(): Promise<void> {
    const made = await api.post<{ pin: string | null }>(path, {}, { intent: newIntent() })
    setShown(made.pin)
    setAsking(false)
    await queries.invalidateQueries({ queryKey: ['port-out-pin', id] })
  }
  async function keep({ id: leavingId }: Leaving): Promise<void> {
    await api.post(`/v1/tenants/${id}/port-outs/${leavingId}/cancel`, {}, { intent: newIntent() })
    await queries.invalidateQueries({ queryKey: ['port-outs', id] })
    setKeeping(null)
    say.done(t('kept'))
  }
  const isSet = pin.data?.isSet === true
  const press = (): void => (isSet ? setAsking(true) : void make().catch(say.failed))
  return (
    <Card
      title={t('outTitle')}
      aside={mayEdit && <Button onClick={press}>{isSet ? t('pinRoll') : t('pinMake')}</Button>}
    >
      <div className="k-stack">
        <p className="k-quiet">{t('outText')}</p>
        {shown === null ? (
          <p>{pin.data?.setAt ? t('pinSet', { when: formats.date(pin.data.setAt) }) : t('pinNone')}</p>
        ) : (
          <p role="status">
            {t('pinIs')} <b className="num ports-pin">{shown}</b> <CopyButton text={shown} what={t('pinIs')} />
          </p>
        )}
        {leaving.data && leaving.data.data.length > 0 && (
          <ul className="ports-leaving">
            {leaving.data.data.map((row) => (
              <li key={row.id} className="k-row">
                <span translate="no">
                  {t(`leaves.${row.status}`, {
                    number: phone(row.number),
                    carrier: row.carrier,
                    when: formats.moment(row.leavesAt),
                  })}
                </span>
                {mayEdit && row.status === 'scheduled' && <Button onClick={() => setKeeping(row)}>{t('keep')}</Button>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <ConfirmDialog
        open={isAsking}
        title={t('pinRoll')}
        action={t('pinRoll')}
        onConfirm={make}
        onClose={() => setAsking(false)}
      >
        {t('pinRollText')}
      </ConfirmDialog>
      <ConfirmDialog
        open={keeping !== null}
        title={t('keepTitle', { number: keeping ? phone(keeping.number) : '' })}
        action={t('keep')}
        onConfirm={async () => keeping && keep(keeping)}
        onClose={() => setKeeping(null)}
      >
        {t('keepText', { carrier: keeping?.carrier ?? '' })}
      </ConfirmDialog>
    </Card>
  )
}
