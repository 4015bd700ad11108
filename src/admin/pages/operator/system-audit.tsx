/** The audit log of the installation: decks, partners, keys, alarms. What was changed of a tenant is in the tenant's. */
import { urlOf } from '../../data/client.ts'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { AuditExport, AuditLog, useAuditQuery } from '../settings/audit-log.tsx'
import { SystemFrame } from './system-frame.tsx'

const PATH = '/v1/audit-log'

export default function SystemAuditPage() {
  const query = useAuditQuery()
  return (
    <SystemFrame
      section="audit"
      buttons={
        <>
          <AuditExport path={PATH} />
          <MoreMenu curl={{ path: urlOf(PATH, query) }} />
        </>
      }
    >
      <AuditLog path={PATH} />
    </SystemFrame>
  )
}
