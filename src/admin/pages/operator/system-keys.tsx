/** Keys of the installation: of its switches above all. Tenants make their own. */
import { MoreMenu } from '../../kit/more-menu.tsx'
import { CreateKeyButton, Keys, type KeysProps } from '../settings/keys.tsx'
import { SystemFrame } from './system-frame.tsx'

const KEYS: KeysProps = { path: '/v1/api-keys', edit: 'api-key:edit', scopes: ['switch'] }

export default function SystemKeysPage() {
  return (
    <SystemFrame
      section="keys"
      buttons={
        <>
          <CreateKeyButton edit={KEYS.edit} />
          <MoreMenu curl={{ path: KEYS.path }} />
        </>
      }
    >
      <Keys {...KEYS} />
    </SystemFrame>
  )
}
