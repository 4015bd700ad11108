/** API keys of the organisation. */
import { useTenant } from '../../data/session.ts'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { useWords } from '../../words/use.tsx'
import { SettingsFrame } from './frame.tsx'
import { CreateKeyButton, Keys } from './keys.tsx'
import { keyWords } from './words.ts'

export default function ApiKeysPage() {
  const t = useWords(keyWords)
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/api-keys`
  return (
    <SettingsFrame
      section="api-keys"
      sentence={t('sentence')}
      buttons={
        <>
          <CreateKeyButton edit="tenant-key:edit" />
          <MoreMenu curl={{ path }} />
        </>
      }
    >
      <ReadOnlyNote unless="tenant-key:edit" />
      <Keys path={path} edit="tenant-key:edit" scopes={['read', 'tenant']} />
    </SettingsFrame>
  )
}
