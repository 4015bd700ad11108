/** Step 4: it goes on by itself; what came of it, and the file that says so row by row. */
import { Button } from '@fluentui/react-components'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import { isOver, JobProgress } from '../jobs/job.tsx'
import { Download, useJob } from '../jobs/tray.tsx'
import type { UserImport } from './import-data.ts'
import { importWords } from './import-words.ts'

export function ApplyStep({ given }: { readonly given: UserImport }) {
  const t = useWords(importWords)
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const job = useJob(id, given.jobId ?? '')
  return (
    <Card title={given.fileName}>
      <Block query={job}>
        {(data) => (
          <div className="k-stack">
            <JobProgress job={data} title={given.fileName} />
            {data.result && <Download job={data} />}
            {!isOver(data) && <p className="k-quiet">{t('running')}</p>}
            {isOver(data) && (
              <div className="k-row">
                <Button appearance="primary" onClick={() => go(at('users'))}>
                  {t('toUsers')}
                </Button>
                <Button onClick={() => go(at('users/import'))}>{t('another')}</Button>
              </div>
            )}
          </div>
        )}
      </Block>
    </Card>
  )
}
