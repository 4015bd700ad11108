/** The frame around every page of somebody who is signed in. */
import { useQuery } from '@tanstack/react-query'
import { Outlet, useMatches } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { api, clientEvents, isProblem } from '../data/client.ts'
import { followTenant, serverNow, useLiveQueries } from '../data/live.ts'
import { type Tenant, TenantContext, useMaybeTenant, useTenantId } from '../data/session.ts'
import { store } from '../data/storage.ts'
import { usePath } from '../kit/go.tsx'
import { useTracked } from '../pages/jobs/tracked.ts'
import { telephoneLeftOn, usePhone } from '../softphone/state.ts'
import { useIsPaper } from '../theme/theme.ts'
import { TimeZoneContext, useFormats, useWords } from '../words/use.tsx'
import { useFocusReturn } from './focus-return.ts'
import { useShellKeys } from './keys.ts'
import { PageError } from './page-error.tsx'
import { Rail, Tabs, useRailPages } from './rail.tsx'
import { Strips } from './strips.tsx'
import { TopBar } from './top-bar.tsx'
import { shellWords } from './words.ts'
import './shell.css'

// What most visits never open is fetched when it is.
const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })))
const Help = lazy(() => import('./help.tsx').then(({ Help }) => ({ default: Help })))
const RailDrawer = lazy(() => import('./rail-drawer.tsx').then(({ RailDrawer }) => ({ default: RailDrawer })))
const JobTray = lazy(() => import('../pages/jobs/tray.tsx').then(({ JobTray }) => ({ default: JobTray })))
const PhoneDock = lazy(() => import('../softphone/dock.tsx').then(({ PhoneDock }) => ({ default: PhoneDock })))
const SignInAgain = lazy(() => import('./sign-in-again.tsx').then(({ SignInAgain }) => ({ default: SignInAgain })))

/** The tenant of the address, for the bar as well as for the page. */
export function useTenantOfAddress() {
  const id = useTenantId()
  return useQuery({
    queryKey: ['tenant', id],
    queryFn: ({ signal }) => api.get<Tenant>(`/v1/tenants/${id}`, { signal }),
    enabled: id !== null,
    staleTime: 60_000,
  })
}

/** It is not there any more, for this person. */
const isRefused = (error: unknown): boolean => isProblem(error) && (error.status === 403 || error.status === 404)

export function Shell() {
  const t = useWords(shellWords)
  const [drawer, setDrawer] = useState(false)
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const [hasEnded, setEnded] = useState(false)
  const tenantId = useTenantId()
  const tenant = useTenantOfAddress()
  const known = tenant.data ?? null
  const clock = known?.clock ?? null
  // Asked for again in vain (no line, no session) is no reason to take the page away, and what was typed into it with it.
  const isOut = tenant.isError && (known === null || isRefused(tenant.error))
  useShellKeys({ onSearch: () => setPalette(true), onHelp: () => setHelp(true) })
  useFocusReturn()
  useEffect(() => {
    followTenant(tenantId, clock)
  }, [tenantId, clock])
  useEffect(() => {
    if (known !== null) store('tenant', known.id)
  }, [known])
  useEffect(() => {
    const end = (): void => setEnded(true)
    clientEvents.sessionEnded.add(end)
    return () => void clientEvents.sessionEnded.delete(end)
  }, [])
  // On every page of a tenant: the dot says whether figures are live, and a clock that was moved is seen.
  useLiveQueries('tenant', [['tenant', tenantId]])
  const main = useFocusOnMove()
  const hasRail = useRailPages().length > 0
  const hasJobs = useTracked().length > 0
  const hasPhone = usePhone().line !== 'off' || telephoneLeftOn() !== null
  return (
    <TenantContext value={known}>
      <TimeZoneContext value={known?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}>
        <div className={hasRail ? 's-shell' : 's-shell s-no-rail'}>
          <a className="s-skip" href="#main">
            {t('skip')}
          </a>
          <TopBar onMenu={() => setDrawer(true)} onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />
          {hasRail && <Rail />}
          <div className="s-page">
            <Strips />
            <PaperHead name={known?.name ?? null} />
            <main id="main" ref={main} data-region tabIndex={-1}>
              {isOut ? <PageError error={tenant.error} reset={() => void tenant.refetch()} /> : <Outlet />}
            </main>
          </div>
          <Tabs onMore={() => setDrawer(true)} />
        </div>
        <Suspense>
          {drawer && <RailDrawer onClose={() => setDrawer(false)} />}
          {help && <Help onClose={() => setHelp(false)} />}
          {palette && <Palette onClose={() => setPalette(false)} />}
          {hasJobs && <JobTray />}
          {hasPhone && <PhoneDock />}
          {hasEnded && <SignInAgain onSignedIn={() => setEnded(false)} />}
        </Suspense>
      </TimeZoneContext>
    </TenantContext>
  )
}

/** On paper: whose figures these are, and of when. */
function PaperHead({ name }: { readonly name: string | null }) {
  const formats = useFormats()
  return useIsPaper() ? (
    <p className="s-paper only-print" translate="no">
      <b>{name ?? 'Ringfence'}</b>
      <span>{formats.momentExact(serverNow())}</span>
    </p>
  ) : null
}

/** Another page: its reader begins at its top, also with a screen reader. */
function useFocusOnMove() {
  const main = useRef<HTMLElement>(null)
  const path = usePath()
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    scrollTo(0, 0)
    if (document.activeElement === document.body || document.activeElement?.closest('.s-rail, .s-tabs')) {
      main.current?.focus({ preventScroll: true })
    }
  }, [path])
  return main
}

/** Inside of `/t/{ten}`: pages wait for the tenant, so that `useTenant()` always has one. */
export function TenantFrame() {
  // What the shell has handed down, not what the query knows already: the two may be a render apart.
  const tenant = useMaybeTenant()
  const matches = useMatches()
  return tenant && matches.length > 0 ? <Outlet /> : null
}
