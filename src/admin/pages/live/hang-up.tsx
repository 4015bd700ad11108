/** Hanging up: a question that Enter answers, and what came of it. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { CallEndRegular } from '@fluentui/react-icons'
import { useState } from 'react'
import type { HangUpOnWire } from '../../../api/schema/call.ts'
import type { LiveCall } from '../../../core/live-call.ts'
import { api, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { useSay } from '../../kit/toast.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { useCallNames } from './cells.tsx'
import { liveWords } from './words.ts'

/** C5: nobody hangs up an emergency call. */
export const useMayHangUp = (): ((call: LiveCall) => boolean) => {
  const may = useMay('call:hang-up')
  return (call) => may && call.classification !== 'emergency' && !call.stopping
}

interface HangUpProps {
  readonly call: LiveCall
  /** With its word; else a sign, as in rows. */
  readonly isLarge?: boolean
}

export function HangUp({ call, isLarge = false }: HangUpProps) {
  const t = useWords(liveWords)
  const names = useCallNames()
  const mayHangUp = useMayHangUp()
  const [isAsking, setAsking] = useState(false)
  if (call.stopping) return <span className="k-pill k-pill-warn">{t('stopping')}</span>
  if (!mayHangUp(call)) return null
  const label = t('hangUpWho', { call: names.both(call) })
  return (
    <>
      <Button
        className={isLarge ? 'k-danger' : 'live-hang-up'}
        appearance={isLarge ? 'outline' : 'subtle'}
        icon={<CallEndRegular />}
        aria-label={label}
        title={label}
        onClick={() => setAsking(true)}
      >
        {isLarge ? t('hangUp') : null}
      </Button>
      {isAsking && <Question call={call} onClose={() => setAsking(false)} />}
    </>
  )
}

function Question({ call, onClose }: { readonly call: LiveCall; readonly onClose: () => void }) {
  const t = useWords(liveWords)
  const names = useCallNames()
  const formats = useFormats()
  const { id } = useTenant()
  const say = useSay()
  const [intent] = useState(newIntent)
  const [isBusy, setBusy] = useState(false)
  async function hangUp(): Promise<void> {
    setBusy(true)
    try {
      const path = `/v1/tenants/${id}/calls/${call.id}/hang-up`
      const { outcome, until } = await api.post<HangUpOnWire>(path, undefined, { intent })
      if (outcome === 'hung-up') say.done(t('hungUp'))
      else say.done(until === null ? t('willHangUpFree') : t('willHangUp', { time: formats.timeExact(until) }))
    } catch (error) {
      say.failed(error)
    } finally {
      onClose()
    }
  }
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !isBusy && onClose()}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void hangUp()
          }}
        >
          <DialogBody>
            <DialogTitle>{t('hangUp')}</DialogTitle>
            <DialogContent>
              <p>
                <b translate="no">{names.both(call)}</b>
              </p>
              <p>{t('hangUpSure')}</p>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose} disabled={isBusy}>
                {t('cancel')}
              </Button>
              <Button ref={focused} type="submit" className="k-danger" disabled={isBusy}>
                {t('hangUp')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

/** Enter hangs up. The dialog puts the focus first where it begins. */
const focused = (button: HTMLButtonElement | null): void => {
  if (button) setTimeout(() => button.focus(), 60)
}
