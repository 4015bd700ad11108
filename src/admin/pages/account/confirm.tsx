/** A sensitive change wants a proof of who one is that is no older than a quarter of an hour: asked for once, then it goes on. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { type ApiProblem, api, isProblem } from '../../data/client.ts'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useWords } from '../../words/use.tsx'
import { PasswordField } from '../sign-in/form.tsx'
import { accountWords } from './words.ts'

/** `[run, dialog]`: `run(work)` does the work, asks for the password if the server wants it, and does it again. */
export function useConfirmed(): [(work: () => Promise<void>) => Promise<void>, ReactNode] {
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const waiting = useRef<(() => Promise<void>) | null>(null)
  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (isProblem(error, 'confirmation-required')) {
        waiting.current = work
        setOpen(true)
      } else if (isProblem(error)) say.failed(error)
      else throw error
    }
  }
  const close = (): void => {
    waiting.current = null
    setOpen(false)
  }
  const goOn = (): void => {
    const work = waiting.current
    close()
    if (work) void run(work)
  }
  return [run, isOpen ? <ConfirmPassword key="confirm" onConfirmed={goOn} onClose={close} /> : null]
}

function ConfirmPassword({ onConfirmed, onClose }: { readonly onConfirmed: () => void; readonly onClose: () => void }) {
  const t = useWords(accountWords)
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function confirm(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    try {
      await api.post('/v1/me/confirm', { password })
      onConfirmed()
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
      setBusy(false)
    }
  }
  const isField = problem?.param === 'password'
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void confirm(event)}>
          <DialogBody>
            <DialogTitle>{t('confirmTitle')}</DialogTitle>
            <DialogContent className="k-confirm">
              <p>{t('confirmWhy')}</p>
              {problem && !isField && <Refusal title={problem.title} detail={problem.detail} />}
              <PasswordField
                label={t('current')}
                value={password}
                onChange={setPassword}
                autoComplete="current-password"
                message={isField ? problem.title : undefined}
              />
              <p className="k-quiet">{t('confirmElse')}</p>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={isBusy}>
                {t('confirm')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
