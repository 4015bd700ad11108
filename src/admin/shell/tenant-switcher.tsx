/** The organisation on screen, and the others: a list that can be searched where it is long. */
import { Popover, PopoverSurface, PopoverTrigger, SearchBox } from '@fluentui/react-components'
import { BuildingMultipleRegular, CheckmarkRegular, ChevronDownRegular, HandshakeRegular } from '@fluentui/react-icons'
import { useState } from 'react'
import { useMaybeTenant, usePermissions, useSession } from '../data/session.ts'
import { readStored } from '../data/storage.ts'
import { Go } from '../kit/go.tsx'
import { PAGES } from '../pages.ts'
import { useWords } from '../words/use.tsx'
import { folded } from './fold.ts'
import { useFrame } from './rail.tsx'
import { shellWords } from './words.ts'

const SEARCHED_FROM = 8

export function TenantSwitcher() {
  const t = useWords(shellWords)
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const { tenants, partners } = useSession()
  const permissions = usePermissions()
  const { area, tenantId: here } = useFrame()
  const tenant = useMaybeTenant()
  const last = tenants.find(({ id }) => id === readStored('tenant')) ?? tenants[0]
  const at = area === 'tenant' ? tenants.find(({ id }) => id === here) : last
  const name =
    area === 'operator'
      ? t('installation')
      : area === 'partner'
        ? t('partner')
        : (tenant?.name ?? at?.name ?? t('tenants'))
  const shown = tenants.filter((one) => folded(one.name).includes(folded(text)))
  const places = [
    ...(permissions.has('operator:read') || permissions.has('tenant:list') ? (['operator'] as const) : []),
    ...(partners.length > 0 ? (['partner'] as const) : []),
  ].filter((place) => PAGES.some((page) => page.area === place))
  if (tenants.length <= 1 && places.length === 0) {
    return (
      <span className="s-tenant" translate="no">
        {name}
      </span>
    )
  }
  const close = (): void => setOpen(false)
  return (
    <Popover open={open} onOpenChange={(_, data) => setOpen(data.open)} trapFocus positioning="below-start">
      <PopoverTrigger disableButtonEnhancement>
        <button type="button" className="s-tenant">
          <span translate="no">{name}</span>
          <ChevronDownRegular fontSize={16} aria-hidden="true" />
        </button>
      </PopoverTrigger>
      <PopoverSurface className="s-tenants" aria-label={t('tenants')}>
        {tenants.length > SEARCHED_FROM && (
          <SearchBox
            placeholder={t('findTenant')}
            aria-label={t('findTenant')}
            value={text}
            onChange={(_, { value }) => setText(value)}
          />
        )}
        <ul>
          {text === '' &&
            places.map((place) => (
              <li key={place}>
                <Go to={`/${place}`} onClick={close} aria-current={area === place ? 'page' : undefined}>
                  {place === 'operator' ? (
                    <BuildingMultipleRegular fontSize={18} />
                  ) : (
                    <HandshakeRegular fontSize={18} />
                  )}
                  {place === 'operator' ? t('installation') : t('partner')}
                </Go>
              </li>
            ))}
          {shown.map((one) => (
            <li key={one.id}>
              <Go to={`/t/${one.id}`} onClick={close} aria-current={one.id === here ? 'page' : undefined}>
                {one.id === here ? <CheckmarkRegular fontSize={18} /> : <span className="s-gap" />}
                <span translate="no">{one.name}</span>
              </Go>
            </li>
          ))}
        </ul>
        {shown.length === 0 && <p>{t('noTenant')}</p>}
      </PopoverSurface>
    </Popover>
  )
}
