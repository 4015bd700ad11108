/** Lines above a page that say where one is: acting for a customer, in a sandbox, without a connection, with practice payments. */
import { Button, Spinner } from '@fluentui/react-components'
import { BeakerRegular, HandshakeRegular, PlugDisconnectedRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, clientEvents } from '../data/client.ts'
import { serverNow } from '../data/live.ts'
import { readMe, type Tenant, useMay, useMaybeTenant, useRoles } from '../data/session.ts'
import { useGo } from '../kit/go.tsx'
import { useFormats, useWords } from '../words/use.tsx'
import { shellWords } from './words.ts'

export function Strips() {
  const t = useWords(shellWords)
  const tenant = useMaybeTenant()
  const roles = useRoles()
  return (
    <aside aria-label={t('notices')}>
      <OfflineStrip />
      {tenant && roles.includes('partner') && <ActingStrip tenant={tenant} />}
      {tenant?.sandbox && <SandboxStrip tenant={tenant} />}
    </aside>
  )
}

function ActingStrip({ tenant }: { readonly tenant: Tenant }) {
  const t = useWords(shellWords)
  const go = useGo()
  return (
    <div className="s-strip s-strip-warn no-print" role="note">
      <HandshakeRegular fontSize={18} aria-hidden="true" />
      <p>{t('actingFor', { tenant: tenant.name })}</p>
      <Button size="small" onClick={() => go('/partner')}>
        {t('leave')}
      </Button>
    </div>
  )
}

/** The clock of a sandbox (D4): where it stands, and the three ways to move it. */
function SandboxStrip({ tenant }: { readonly tenant: Tenant }) {
  const t = useWords(shellWords)
  const formats = useFormats()
  const queries = useQueryClient()
  const mayMove = useMay('sandbox:edit')
  const [isMoving, setMoving] = useState(false)
  useMinute(tenant.clock === null)
  const now = tenant.clock === null ? serverNow() : Date.parse(tenant.clock)
  async function move(target: Record<string, unknown>): Promise<void> {
    setMoving(true)
    try {
      await api.post(`/v1/tenants/${tenant.id}/clock`, target)
    } finally {
      setMoving(false)
      // A month may have gone by: everything on the page may be another thing now.
      await queries.invalidateQueries()
    }
  }
  const toNextMonth = async (): Promise<void> => {
    const { instant, periodOf } = await import('../../core/time.ts')
    const { end } = periodOf(instant(now), tenant.timeZone as never)
    await move({ advanceTo: new Date(end).toISOString() })
  }
  return (
    <div className="s-strip s-strip-sandbox no-print" role="note">
      <BeakerRegular fontSize={18} aria-hidden="true" />
      <p>
        {t('sandbox', { time: `${formats.date(now)}, ${formats.time(now)}` })}{' '}
        <span className="s-quiet">{t(tenant.clock === null ? 'clockRuns' : 'clockStands')}</span>
      </p>
      {mayMove && (
        <>
          {isMoving && <Spinner size="tiny" label={t('clockMoving')} />}
          <Button size="small" disabled={isMoving} onClick={() => void move({ advanceSeconds: 3600 })}>
            {t('hourLater')}
          </Button>
          <Button size="small" disabled={isMoving} onClick={() => void toNextMonth()}>
            {t('nextMonth')}
          </Button>
          {tenant.clock === null && (
            <Button size="small" disabled={isMoving} onClick={() => void move({ advanceSeconds: 0 })}>
              {t('freeze')}
            </Button>
          )}
        </>
      )}
    </div>
  )
}

/** Draws again at each minute. */
function useMinute(isOn: boolean): void {
  const [, setTick] = useState(0)
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => setTick((tick) => tick + 1), 15_000)
    return () => clearInterval(timer)
  }, [isOn])
}

/** How long a failure lasts before it is worth saying: a server that restarts is back sooner. */
const SAID_AFTER_MS = 1_500
/** By then what was under way has come. */
const PROBED_AFTER_MS = 1_000

function OfflineStrip() {
  const t = useWords(shellWords)
  const [isOff, setOff] = useState(!navigator.onLine)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let probe: ReturnType<typeof setTimeout> | undefined
    const reached = (isReached: boolean): void => {
      if (!isReached) {
        timer ??= setTimeout(() => setOff(true), SAID_AFTER_MS)
        return
      }
      clearTimeout(timer)
      timer = undefined
      setOff(false)
    }
    // An answer that was under way is no line; a server on this very machine needs none. So it is asked.
    const offline = (): void => {
      reached(false)
      clearTimeout(probe)
      probe = setTimeout(() => void readMe().catch(() => undefined), PROBED_AFTER_MS)
    }
    const online = (): void => reached(true)
    clientEvents.reached.add(reached)
    addEventListener('offline', offline)
    addEventListener('online', online)
    return () => {
      clearTimeout(timer)
      clearTimeout(probe)
      clientEvents.reached.delete(reached)
      removeEventListener('offline', offline)
      removeEventListener('online', online)
    }
  }, [])
  if (!isOff) return null
  return (
    <div className="s-strip s-strip-warn no-print" role="status">
      <PlugDisconnectedRegular fontSize={18} aria-hidden="true" />
      <p>{t('offline')}</p>
    </div>
  )
}

/** For pages where money is paid while the shipped fake provider takes the cards. */
export function PracticeStrip() {
  const t = useWords(shellWords)
  return (
    <div className="s-strip s-strip-quiet" role="note">
      <p>{t('practice')}</p>
    </div>
  )
}
