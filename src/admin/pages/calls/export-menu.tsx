/** The calls that fit, as a file: a few at once, many by a job that says how far it got. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { api, newIntent, type Query, urlOf } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { useSay } from '../../kit/toast.tsx'
import { useWords } from '../../words/use.tsx'
import { trackJob } from '../jobs/tracked.ts'
import { callsWords } from './words.ts'

/** More take longer than two seconds. */
const AT_ONCE = 5_000

interface ExportMenuProps {
  readonly query: Query
  /** How many fit, as far as is known; null: not known. */
  readonly calls: number | null
}

type Choice = { readonly format: 'csv' | 'xlsx'; readonly dialect?: 'excel' }

export function ExportMenu({ query, calls }: ExportMenuProps) {
  const t = useWords(callsWords)
  const { id } = useTenant()
  const say = useSay()
  async function save(choice: Choice): Promise<void> {
    const wish = Object.fromEntries(Object.entries({ ...query, ...choice }).filter(([, value]) => value))
    if (calls !== null && calls <= AT_ONCE) {
      const path = `/v1/tenants/${id}/calls/export`
      const file = await api.blob(path, { query: { ...query, ...choice } })
      const url = URL.createObjectURL(file)
      const link = document.createElement('a')
      link.href = url
      link.download = `${t('fileName')}.${choice.format}`
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
      return
    }
    const body = Object.fromEntries(Object.entries(wish).map(([name, value]) => [name, String(value)]))
    const job = await api.post<{ id: string }>(`/v1/tenants/${id}/calls/exports`, body, { intent: newIntent() })
    trackJob(id, job.id)
    say.done(t('exportStarted'))
  }
  const choose = (choice: Choice) => () => void save(choice).catch(say.failed)
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="primary" icon={<ArrowDownloadRegular />}>
          {t('export')}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={choose({ format: 'xlsx' })}>{t('exportXlsx')}</MenuItem>
          <MenuItem onClick={choose({ format: 'csv', dialect: 'excel' })}>{t('exportExcel')}</MenuItem>
          <MenuItem onClick={choose({ format: 'csv' })}>{t('exportCsv')}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

/** The same list for a terminal. */
export const listPath = (tenant: string, query: Query): string => urlOf(`/v1/tenants/${tenant}/calls`, query)
