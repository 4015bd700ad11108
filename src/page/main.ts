/** The first page: who is asking, which tenant, and then whatever the server says, live. */
import { type CallsCard, callsCard, sentenceAbout } from './calls.ts'
import { byId, h } from './dom.ts'
import { type Speech, speechOf } from './format.ts'
import { poolsCard, walletCard } from './pools.ts'
import { recordsCard } from './records.ts'
import { follow, type StreamState } from './stream.ts'
import { LANGUAGES, type Language } from './strings.ts'
import type { Overview, TenantChoice } from './wire.ts'

const KEY = 'ringfence.key'
const LANGUAGE = 'ringfence.language'
const TICK_MS = 250

let language: Language = readLanguage()
let choices: readonly TenantChoice[] = []
let chosen: TenantChoice | null = null
let state: StreamState = 'reconnecting'
let overview: Overview | null = null
let receivedAt = 0
let problem: keyof Pick<(typeof LANGUAGES)['en'], 'keyRefused' | 'noTenants' | 'serverAway'> | null = null
let stopFollowing: (() => void) | undefined
let calls: CallsCard | undefined
let records: ReturnType<typeof recordsCard> | undefined
/** What the record list was made for: another tenant or language needs a new one. */
let recordsFor = ''

const say = () => LANGUAGES[language]

function readLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE)
  if (kept === 'en' || kept === 'fr') return kept
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en'
}

/** `#key=…&tenant=…`: a fragment never reaches the server, and leaves the address bar at once. */
function takeFragment(): { key: string | null; tenant: string | null } {
  const given = new URLSearchParams(location.hash.slice(1))
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search)
  return { key: given.get('key'), tenant: given.get('tenant') }
}

const ask = (path: string, key?: string): Promise<Response> =>
  fetch(path, { cache: 'no-store', headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })

/** The tenants of a key, or those of the demonstration. Null: a key is needed. */
async function findTenants(key: string | null): Promise<TenantChoice[] | null> {
  if (key === null) {
    const answer = await ask('/v1/demo')
    return answer.ok ? ((await answer.json()) as { tenants: TenantChoice[] }).tenants : null
  }
  const answer = await ask('/v1/me', key)
  if (answer.status === 401 || answer.status === 403) return null
  if (!answer.ok) throw new Error(`me: ${answer.status}`)
  const { tenants } = (await answer.json()) as { tenants: { id: string; name: string }[] }
  return tenants.map((tenant) => ({ ...tenant, key }))
}

async function enter(key: string | null, wanted: string | null): Promise<void> {
  problem = null
  try {
    const found = await findTenants(key)
    if (key !== null && found) sessionStorage.setItem(KEY, key)
    if (found === null) {
      sessionStorage.removeItem(KEY)
      problem = key === null ? null : 'keyRefused'
    }
    choices = found ?? []
    if (found?.length === 0) problem = 'noTenants'
    choose(choices.find((tenant) => tenant.id === wanted) ?? choices[0] ?? null)
  } catch {
    problem = 'serverAway'
    draw()
    setTimeout(() => void enter(key, wanted), 3_000)
  }
}

function choose(tenant: TenantChoice | null): void {
  stopFollowing?.()
  chosen = tenant
  overview = null
  state = 'reconnecting'
  draw()
  if (!tenant) return
  stopFollowing = follow({
    tenantId: tenant.id,
    key: tenant.key,
    onState: (next) => {
      if (next === 'refused') return signOut('keyRefused')
      if (next === state) return
      state = next
      drawBar()
    },
    onOverview: (next) => {
      const said = sentenceAbout(overview, next, speechOf(language, next.tenant))
      if (said !== null) byId('said').textContent = said
      overview = next
      receivedAt = performance.now()
      drawOverview(next)
    },
  })
}

function signOut(why: typeof problem): void {
  stopFollowing?.()
  sessionStorage.removeItem(KEY)
  ;[choices, chosen, overview, problem] = [[], null, null, why]
  draw()
}

async function explain(callId: string, lang: string): Promise<readonly string[]> {
  if (!chosen) return []
  const answer = await ask(`/v1/tenants/${chosen.id}/calls/${callId}/explanation?lang=${lang}`, chosen.key)
  if (!answer.ok) throw new Error(`explanation: ${answer.status}`)
  return ((await answer.json()) as { sentences: string[] }).sentences
}

function draw(): void {
  document.documentElement.lang = language
  document.title = `Ringfence · ${say().title}`
  drawBar()
  drawFoot()
  if (!chosen) drawSignIn()
  else if (overview) drawOverview(overview)
  else byId('main').replaceChildren(h('p.muted', null, say().loading))
}

function drawBar(): void {
  const hadFocus = document.activeElement?.id
  const picker = h(
    'select.bar-control.picker',
    { id: 'tenant', 'aria-label': say().tenant, onchange: () => choose(choices[picker.selectedIndex] ?? null) },
    ...choices.map((tenant) => h('option', { selected: tenant.id === chosen?.id }, tenant.name)),
  ) as HTMLSelectElement
  byId('bar').replaceChildren(
    h('a.brand', { href: '/' }, h('img', { src: '/page/mark.svg', alt: '', width: 28, height: 28 }), 'Ringfence'),
    choices.length > 0 ? picker : '',
    h('span.room', null),
    chosen
      ? h('span', { class: `state ${state}`, role: 'status' }, state === 'live' ? say().live : say().reconnecting)
      : '',
    chosen
      ? h('button.bar-control.bar-button', { id: 'key', type: 'button', onclick: () => signOut(null) }, say().useKey)
      : '',
    h(
      'button.bar-control.bar-button',
      { id: 'language', type: 'button', lang: language === 'en' ? 'fr' : 'en', onclick: switchLanguage },
      say().otherLanguage,
    ),
  )
  if (hadFocus !== undefined && hadFocus !== '') document.getElementById(hadFocus)?.focus()
}

function switchLanguage(): void {
  language = language === 'en' ? 'fr' : 'en'
  localStorage.setItem(LANGUAGE, language)
  draw()
}

function drawFoot(): void {
  byId('foot').replaceChildren(h('span', null, say().footer), h('a', { href: '/openapi.json' }, say().api))
}

function drawSignIn(): void {
  const input = h('input', {
    id: 'api-key',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
  }) as HTMLInputElement
  const form = h(
    'form.card.sign-in',
    {
      onsubmit: (event) => {
        event.preventDefault()
        void enter(input.value.trim(), null)
      },
    },
    h('h1', null, say().signInTitle),
    h('p.muted', null, say().signInWhy),
    h('label', { for: 'api-key' }, say().apiKey),
    input,
    h('button.button.primary', { type: 'submit' }, say().signIn),
    problem ? h('p.cut', { role: 'alert' }, say()[problem]) : null,
  )
  byId('main').replaceChildren(form)
}

function drawOverview(now: Overview): void {
  const speech = speechOf(language, now.tenant)
  const wanted = `${now.tenant.id} ${language}`
  if (!records || recordsFor !== wanted) {
    const isSameTenant = recordsFor.startsWith(now.tenant.id)
    records = recordsCard(speech, explain, isSameTenant && records ? records.open : new Set())
    recordsFor = wanted
  }
  records.update(now)
  calls = callsCard(now, speech)
  const head = h(
    'div.head',
    null,
    h('h1', null, now.tenant.name),
    h('p.muted', null, speech.say.localTime(speech.moment(now.now))),
    now.tenant.sandbox ? sandboxStrip(now, speech) : null,
  )
  const cards = [head, poolsCard(now, speech), walletCard(now, speech), calls.element]
  const main = byId('main')
  // The records stay where they are: open explanations and the focus survive each snapshot.
  if (main.lastElementChild === records.element) {
    while (main.firstElementChild !== records.element) main.firstElementChild?.remove()
    records.element.before(...cards)
  } else {
    main.replaceChildren(...cards, records.element)
  }
}

function sandboxStrip(now: Overview, { say: words, moment }: Speech): HTMLElement {
  const clock = now.clockStands ? words.sandboxClock(moment(now.now)) : words.sandboxRuns
  return h('p.sandbox', null, h('strong', null, words.sandbox), ` · ${clock}`)
}

setInterval(() => calls?.tick(Math.floor((performance.now() - receivedAt) / 1000)), TICK_MS)

const given = takeFragment()
void enter(given.key ?? sessionStorage.getItem(KEY), given.tenant)
