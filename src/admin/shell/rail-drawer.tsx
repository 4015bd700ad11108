import { Drawer, DrawerBody } from '@fluentui/react-components'
import { useWords } from '../words/use.tsx'
import { RailList } from './rail.tsx'
import { shellWords } from './words.ts'

/** The rail of a phone and of a narrow window. */
export function RailDrawer({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(shellWords)
  return (
    <Drawer
      type="overlay"
      position="start"
      open
      onOpenChange={(_, { open: isOpen }) => !isOpen && onClose()}
      aria-label={t('pages')}
    >
      <DrawerBody className="s-drawer">
        <nav aria-label={t('pages')}>
          <RailList onGo={onClose} />
        </nav>
      </DrawerBody>
    </Drawer>
  )
}
