/** What is filtered, as a file: the browser shows how far it is, for it is written as it is read. */
import { Button, Menu, MenuItemLink, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { type Query, urlOf } from '../../data/client.ts'
import { useWords } from '../../words/use.tsx'
import { reportWords } from './words.ts'

export interface ExportMenuProps {
  readonly path: string
  readonly query: Query
  readonly formats: readonly ('csv' | 'xlsx' | 'zip')[]
}

export function ExportMenu({ path, query, formats }: ExportMenuProps) {
  const t = useWords(reportWords)
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="primary" icon={<ArrowDownloadRegular />}>
          {t('export')}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {formats.map((format) => (
            <MenuItemLink key={format} href={urlOf(path, { ...query, format })}>
              {t(format)}
            </MenuItemLink>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
