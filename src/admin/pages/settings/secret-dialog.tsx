/** A secret that is shown once: it stays until somebody says that it was kept. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { CopyButton } from '../../kit/notes.tsx'
import { useWords } from '../../words/use.tsx'
import { settingsWords } from './words.ts'

export interface SecretDialogProps {
  readonly title: string
  /** Null: the answer with it got lost. */
  readonly secret: string | null
  /** Name of the file that it is downloaded as. */
  readonly fileName: string
  readonly onClose: () => void
}

export function SecretDialog({ title, secret, fileName, onClose }: SecretDialogProps) {
  const t = useWords(settingsWords)
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className="st-secret">
            {secret === null ? (
              <p>{t('secretLost')}</p>
            ) : (
              <>
                <p>{t('secretOnce')}</p>
                <div className="st-secret-text">
                  <code translate="no" data-secret>
                    {secret}
                  </code>
                  <CopyButton text={secret} what={t('copy')} />
                </div>
              </>
            )}
          </DialogContent>
          <DialogActions>
            {secret !== null && (
              <Button icon={<ArrowDownloadRegular />} onClick={() => download(fileName, secret)}>
                {t('download')}
              </Button>
            )}
            <Button appearance="primary" onClick={onClose}>
              {t(secret === null ? 'close' : 'done')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/plain' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
