/** Before something that cannot be undone: what happens, what it costs, and a word to type. */
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
} from '@fluentui/react-components'
import { type ReactNode, useState } from 'react'
import { isProblem } from '../data/client.ts'
import { useWords } from '../words/use.tsx'
import { Refusal } from './notes.tsx'
import { kitWords } from './words.ts'

export interface ConfirmDialogProps {
  readonly open: boolean
  readonly title: string
  /** Consequences and money, in words. */
  readonly children: ReactNode
  /** On the button: the act itself. */
  readonly action: string
  /** A word or name to type first; absent for what is only worth a question. */
  readonly word?: string
  /** The dialog waits for it, and stays open with the reason when it is refused. */
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

export function ConfirmDialog({ open, title, children, action, word, onConfirm, onClose }: ConfirmDialogProps) {
  const t = useWords(kitWords)
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const isReady = word === undefined || typed.trim() === word
  const close = (): void => {
    setTyped('')
    setError(null)
    onClose()
  }
  async function confirm(): Promise<void> {
    if (!isReady || isBusy) return
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      close()
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog open={open} onOpenChange={(_, data) => !data.open && !isBusy && close()} modalType="alert">
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void confirm()
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className="k-confirm">
              {children}
              {word !== undefined && (
                <Field label={t('typeToConfirm', { word })}>
                  <Input value={typed} onChange={(_, { value }) => setTyped(value)} autoComplete="off" />
                </Field>
              )}
              {error !== null && (
                <Refusal
                  title={isProblem(error) && error.title !== '' ? error.title : t('notReached')}
                  detail={isProblem(error) ? error.detail : null}
                />
              )}
            </DialogContent>
            <DialogActions>
              <Button onClick={close} disabled={isBusy}>
                {t('cancel')}
              </Button>
              <Button type="submit" className="k-danger" disabled={!isReady || isBusy}>
                {action}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
