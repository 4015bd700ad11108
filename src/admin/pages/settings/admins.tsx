/** Admins and roles of the organisation. */
import { rolesOf } from '../../../core/permission.ts'
import { useTenant } from '../../data/session.ts'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { useWords } from '../../words/use.tsx'
import { SettingsFrame } from './frame.tsx'
import { RoleMatrix } from './matrix.tsx'
import { InviteButton, People, type PeoplePlace } from './people.tsx'
import { adminWords } from './words.ts'

export default function AdminsPage() {
  const t = useWords(adminWords)
  const { id } = useTenant()
  const place: PeoplePlace = {
    path: `/v1/tenants/${id}`,
    roles: rolesOf('tenant') as PeoplePlace['roles'],
    edit: 'person:edit',
  }
  return (
    <SettingsFrame
      section="admins"
      sentence={t('sentence')}
      buttons={
        <>
          <InviteButton place={place} />
          <MoreMenu curl={{ path: `${place.path}/people` }} />
        </>
      }
    >
      <ReadOnlyNote unless="person:edit" />
      <People place={place} />
      <RoleMatrix />
    </SettingsFrame>
  )
}
