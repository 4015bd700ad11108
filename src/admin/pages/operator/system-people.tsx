/** Who may run the installation. */
import { rolesOf } from '../../../core/permission.ts'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { InviteButton, People, type PeoplePlace } from '../settings/people.tsx'
import { SystemFrame } from './system-frame.tsx'

const PLACE: PeoplePlace = {
  path: '/v1',
  roles: rolesOf('installation') as PeoplePlace['roles'],
  edit: 'operator:edit',
}

export default function SystemPeoplePage() {
  return (
    <SystemFrame
      section="people"
      buttons={
        <>
          <InviteButton place={PLACE} />
          <MoreMenu curl={{ path: '/v1/people' }} />
        </>
      }
    >
      <People place={PLACE} />
    </SystemFrame>
  )
}
