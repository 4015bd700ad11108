/** What a form remembers, and what happens when two people change the same thing. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { useWords } from '../words/use.tsx'
import { kitWords } from './words.ts'
import './kit.css'

/** Over a form whose draft was brought back: `<DraftNote form={form} />`. */
export function DraftNote({ form }: { readonly form: { readonly isRestored: boolean; reset(): void } }) {
  const t = useWords(kitWords)
  if (!form.isRestored) return null
  return (
    <p className="k-draft" role="status">
      {t('draftKept')}
      <Button size="small" appearance="transparent" onClick={() => form.reset()}>
        {t('discard')}
      </Button>
    </p>
  )
}

export interface ConflictDialogProps {
  readonly open: boolean
  /** Both values, side by side. */
  readonly children: ReactNode
  readonly onMine: () => void
  readonly onTheirs: () => void
}

/** 409: somebody else was faster. Nothing is lost, one chooses. */
export function ConflictDialog({ open, children, onMine, onTheirs }: ConflictDialogProps) {
  const t = useWords(kitWords)
  return (
    <Dialog open={open} modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('changedBy')}</DialogTitle>
          <DialogContent>{children}</DialogContent>
          <DialogActions>
            <Button onClick={onTheirs}>{t('theirs')}</Button>
            <Button appearance="primary" onClick={onMine}>
              {t('mine')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
