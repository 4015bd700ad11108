/** The sheet of keys (`?`). */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { useWords } from '../words/use.tsx'
import { NAV } from './nav.ts'
import { useRailPages } from './rail.tsx'
import { navWords, shellWords } from './words.ts'

export function Help({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(shellWords)
  const page = useWords(navWords)
  const going = useRailPages().flatMap(({ key }) => {
    const { go } = NAV[key] as { go?: string }
    return go === undefined ? [] : [[['g', go], t('keyGo', { page: page(key) })] as const]
  })
  const keys: readonly (readonly [readonly string[], string])[] = [
    [['Ctrl', 'K'], t('keyPalette')],
    [['/'], t('keyFilter')],
    ...going,
    [['F6'], t('keyRegions')],
    [['?'], t('keySheet')],
    [['Esc'], t('keyEscape')],
  ]
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('keys')}</DialogTitle>
          <DialogContent>
            <dl className="s-keys">
              {keys.map(([pressed, text]) => (
                <div key={text}>
                  <dt>
                    {pressed.map((key) => (
                      <kbd key={key} translate="no">
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{t('close')}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
