/** The audit log of the organisation. */
import { urlOf } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { useWords } from '../../words/use.tsx'
import { AuditExport, AuditLog, useAuditQuery } from './audit-log.tsx'
import { SettingsFrame } from './frame.tsx'
import { auditWords } from './words.ts'

export default function AuditPage() {
  const t = useWords(auditWords)
  const { id } = useTenant()
  const query = useAuditQuery()
  const path = `/v1/tenants/${id}/audit-log`
  return (
    <SettingsFrame
      section="audit"
      sentence={t('sentence')}
      buttons={
        <>
          <AuditExport path={path} />
          <MoreMenu curl={{ path: urlOf(path, query) }} />
        </>
      }
    >
      <AuditLog path={path} />
    </SettingsFrame>
  )
}
