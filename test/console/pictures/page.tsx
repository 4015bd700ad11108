/** Every picture in every state, by query `?lang=fr&theme=dark`: what `pictures.test.ts` drives in a browser. */
import '@fontsource/inter/400.css'
import '@fontsource/inter/600.css'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import {
  BurnDown,
  type BurnDownData,
  burnDownTwin,
  CallTimeline,
  CostByBasket,
  DayBars,
  Legend,
  MiniBar,
  Pictured,
  PoolBar,
  Sparkline,
  type TimelineData,
  timelineTwin,
  WalletLots,
} from '../../../src/admin/pictures/index.ts'

const query = new URLSearchParams(location.search)
const isFrench = query.get('lang') === 'fr'
const t = (en: string, fr: string): string => (isFrench ? fr : en)
document.documentElement.lang = isFrench ? 'fr' : 'en'
document.documentElement.dataset.theme = query.get('theme') ?? 'light'

const grants = Array.from({ length: 8 }, (_, index) => ({
  askedAt: index === 0 ? 0 : index * 60 - 5,
  from: index * 60,
  to: index * 60 + 60,
  fund: index < 2 ? ('addon' as const) : ('credits' as const),
}))

const cutCall: TimelineData = {
  duration: 480,
  ringing: { label: t('rang 11 s', 'sonnerie 11 s') },
  segments: [
    {
      id: 'addon',
      fund: 'addon',
      from: 0,
      to: 120,
      label: t('International plan', 'Forfait international'),
      sub: t('2:00 · no charge', '2:00 · sans frais'),
    },
    {
      id: 'credits',
      fund: 'credits',
      from: 120,
      to: 480,
      label: t('Credits', 'Crédits'),
      sub: t('6:00 · CA$0.291000', '6:00 · 0,291000 $CA'),
    },
  ],
  grants: { label: t('Granted ahead', 'Accordé d’avance'), lastLabel: t('last', 'dernier'), grants },
  warning: { at: 450 },
  end: { kind: 'cut', label: t('Cut', 'Coupure'), sub: '8:00' },
  events: [
    { id: 'answered', at: 0, clock: '09:12:15', label: t('answered', 'décroché') },
    { id: 'credits', at: 120, clock: '09:14:15', label: t('credits take over', 'relais des crédits') },
    { id: 'tone', at: 450, clock: '09:19:45', label: t('warning tone', 'signal') },
    { id: 'cut', at: 480, clock: '09:20:15', label: t('cut', 'coupure') },
  ],
}

const liveCall: TimelineData = {
  duration: 184,
  ringing: { label: t('rang 4 s', 'sonnerie 4 s') },
  segments: [
    { id: 'pool', fund: 'pool', from: 0, to: 130, label: t('Canada minutes', 'Minutes Canada'), sub: '2:10' },
    { id: 'blind', fund: 'blind', from: 130, to: 184, label: t('Not confirmed yet', 'Non confirmé'), sub: '0:54' },
  ],
  secured: { until: 240, fund: 'pool', label: t('Secured', 'Assuré'), sub: '0:56' },
}

const monthCall: TimelineData = {
  duration: 900,
  segments: [
    { id: 'nov', fund: 'pool', from: 0, to: 420, label: t('November minutes', 'Minutes de novembre'), sub: '7:00' },
    { id: 'dec', fund: 'pool', from: 420, to: 900, label: t('December minutes', 'Minutes de décembre'), sub: '8:00' },
  ],
  months: [{ at: 420, label: t('1 Dec 00:00', '1 déc. 00:00') }],
  end: { kind: 'hangup', label: t('Hung up', 'Raccroché'), sub: '15:00' },
  tail: { seconds: 3, label: t('3 s after the end: not charged', '3 s après la fin : non facturées') },
  events: [{ id: 'month', at: 420, clock: t('1 Dec 00:00', '1 déc. 00:00'), label: t('new month', 'nouveau mois') }],
}

const freeCall: TimelineData = {
  duration: 318,
  segments: [{ id: 'free', fund: 'free', from: 0, to: 318, label: t('Free', 'Gratuit'), sub: '5:18' }],
  end: { kind: 'hangup', label: t('Hung up', 'Raccroché'), sub: '5:18' },
}

const refusedCall: TimelineData = {
  duration: 0,
  segments: [],
  end: {
    kind: 'refused',
    label: t('Refused: no credits left', 'Refusé : crédits épuisés'),
    sub: t('Nothing was charged.', 'Rien n’a été facturé.'),
  },
}
const unansweredCall: TimelineData = {
  duration: 0,
  segments: [],
  ringing: { label: t('rang 32 s, nobody answered', 'sonnerie 32 s, sans réponse') },
}

const day = 86_400_000
const first = Date.UTC(2026, 10, 1, 5)
const midnights = Array.from({ length: 31 }, (_, index) => first + index * day)
const use = [22, 498, 561, 602, 540, 471, 18, 31, 566, 634, 528, 241]
let left = 9000
const points = [{ at: first, left }]
for (const [index, used] of use.entries()) {
  points.push({ at: first + (index + 0.33) * day, left: left - used * 0.02 })
  left -= used
  points.push({ at: first + (index + (index === 11 ? 0.446 : 0.76)) * day, left })
}
const future = [345, 570, 15, 20, 600, 640, 560, 590, 520, 15, 20, 600, 565, 570, 560, 300, 20, 10, 500]
let spent = 0
const forecast = [0, ...future].map((used, index) => {
  spent += used
  const at = (share: number): number => Math.max(0, left - spent * share)
  return {
    at: first + (index === 0 ? 11.446 : 11 + index) * day,
    low80: at(1.27),
    low50: at(1.12),
    middle: at(1),
    high50: at(0.89),
    high80: at(0.77),
  }
})
const month: BurnDownData = {
  midnights,
  total: 9000,
  points,
  now: { at: first + 11.446 * day, label: t('now 10:42', 'maintenant 10:42') },
  forecast,
  dry: {
    from: first + 18.4 * day,
    at: first + 22.1 * day,
    to: first + 25.5 * day,
    label: t('Runs out Mon 23 Nov', 'Épuisé lun. 23 nov.'),
    sub: t('4 times in 5 between 19 and 26 Nov', '4 fois sur 5 entre le 19 et le 26 nov.'),
  },
  afterwards: {
    kind: 'credits',
    label: t('then credits pay: about CA$40 until 30 Nov', 'puis les crédits paient : environ 40 $CA jusqu’au 30 nov.'),
  },
  leftLabel: t('4,288 left', 'Il reste 4 288 min'),
  eightyLabel: t('80% used', '80 % utilisés'),
}
const pastMonth: BurnDownData = {
  midnights,
  total: 12_000,
  points: [
    { at: first, left: 9000 },
    { at: first + 9.5 * day, left: 5200 },
    { at: first + 9.5 * day, left: 8200 },
    { at: first + 21 * day, left: 3100 },
    { at: first + 30 * day, left: 1204 },
  ],
  steps: [{ at: first + 9.5 * day, change: 3000, label: t('1 licence assigned', '1 licence attribuée') }],
  leftLabel: t('1,204 minutes expired', '1 204 minutes expirées'),
}

const dayLabel = (index: number): string =>
  new Intl.DateTimeFormat(isFrench ? 'fr-CA' : 'en-GB', {
    day: 'numeric',
    ...(index === 0 || index === 29 ? { month: 'short' } : {}),
    timeZone: 'America/Toronto',
  }).format((midnights[index] ?? 0) + day / 2)
const number = new Intl.NumberFormat(isFrench ? 'fr-CA' : 'en-CA')
const valueLabel = (value: number): string => number.format(value)

const lots = [
  { id: 'a', amount: 34_270_000n, label: t('CA$34.27', '34,27 $CA'), expiry: t('12 Jan', '12 janv.'), isSoon: true },
  { id: 'b', amount: 50_000_000n, label: t('CA$50.00', '50,00 $CA'), expiry: t('3 Sep 2027', '3 sept. 2027') },
  { id: 'c', amount: 100_000_000n, label: t('CA$100.00', '100,00 $CA'), expiry: t('9 Nov 2027', '9 nov. 2027') },
]
const baskets = [0, 1, 2, 3, 4, 5].map((addons) => ({
  id: String(addons),
  label: String(addons),
  total: t(`CA$${(156 + addons * 9).toFixed(2)}`, `${156 + addons * 9},00 $CA`),
  isBest: addons === 1,
  parts: [
    { fund: 'pool' as const, amount: 130_000_000n },
    { fund: 'addon' as const, amount: 15_600_000n * BigInt(addons) },
    {
      fund: 'credits' as const,
      amount: [31_000_000n, 11_120_000n, 5_000_000n, 4_000_000n, 4_000_000n, 4_000_000n][addons] ?? 0n,
    },
  ],
}))

function Gallery() {
  const [active, setActive] = useState<string | null>(null)
  const table = timelineTwin(
    t('The call second by second', 'L’appel seconde par seconde'),
    ['From', 'To', 'Fund', 'Seconds', 'Rate', 'Amount', 'Balance after'],
    cutCall.segments,
    ({ id }) => ({
      rate: id === 'credits' ? '0.0485' : '',
      amount: id === 'credits' ? '0.291000' : '0.000000',
      balanceAfter: '0.019000',
    }),
  )
  return (
    <main>
      <h1>{t('Pictures', 'Images')}</h1>
      <section id="cut">
        <h2>{t('A call that was cut', 'Un appel coupé')}</h2>
        <Pictured view={query.get('view') === 'table' ? 'table' : 'picture'} table={table}>
          <CallTimeline
            call={cutCall}
            label={t(
              '8 minutes: 2 by the plan, 6 by credits. Cut.',
              '8 minutes : 2 par le forfait, 6 par les crédits. Coupé.',
            )}
            active={active}
            onActive={setActive}
            cursor={{
              label: t('Move along the call', 'Parcourir l’appel'),
              describe: (second) =>
                `${Math.floor(second)} s · ${second < 120 ? t('International plan', 'Forfait international') : t('Credits', 'Crédits')}`,
            }}
          />
        </Pictured>
        <p id="active">{active ?? 'none'}</p>
      </section>
      <section id="live">
        <h2>Live</h2>
        <CallTimeline call={liveCall} label="live" />
      </section>
      <section id="month">
        <h2>Month</h2>
        <CallTimeline call={monthCall} label="two months" />
      </section>
      <section id="others">
        <h2>Free, refused, unanswered</h2>
        <CallTimeline call={freeCall} label="free" />
        <CallTimeline call={refusedCall} label="refused" />
        <CallTimeline call={unansweredCall} label="unanswered" />
      </section>
      <section id="mini">
        <h2>Mini</h2>
        <div className="row">
          <MiniBar scale={720} spoken={[{ fund: 'addon', seconds: 184 }]} secured={{ fund: 'addon', seconds: 56 }} />
          <MiniBar
            scale={720}
            spoken={[
              { fund: 'addon', seconds: 232 },
              { fund: 'credits', seconds: 61 },
            ]}
            secured={{ fund: 'credits', seconds: 47 }}
          />
          <MiniBar scale={720} spoken={[{ fund: 'pool', seconds: 563 }]} end="cut" label="cut after 9:23" />
          <MiniBar scale={720} spoken={[{ fund: 'free', seconds: 318 }]} />
          <MiniBar
            scale={720}
            spoken={[
              { fund: 'pool', seconds: 200 },
              { fund: 'blind', seconds: 90 },
            ]}
          />
        </div>
      </section>
      <section id="burn">
        <h2>
          {t('Canada · Domestic: minutes left, day by day', 'Canada · National : minutes restantes, jour par jour')}
        </h2>
        <Pictured
          view="picture"
          table={burnDownTwin(
            'Days',
            ['Day', 'Used', 'Left', 'Low', 'Middle', 'High'],
            [{ day: '1 Nov', used: '22', left: '8,978', low: '', middle: '', high: '' }],
          )}
        >
          <BurnDown
            month={month}
            fund="pool"
            label={t('Minutes left. Runs out Mon 23 Nov', 'Minutes restantes. Épuisé lun. 23 nov.')}
            dayLabel={dayLabel}
            valueLabel={valueLabel}
            cursor={{ label: t('Day by day', 'Jour par jour'), describe: (index) => `${dayLabel(index)}: …` }}
          />
        </Pictured>
        <Legend
          entries={[
            { sign: 'line', label: t('Left, as it happened', 'Reste constaté') },
            { sign: 'cone', label: t('Forecast: middle, 50% and 80%', 'Prévision : médiane, 50 % et 80 %') },
            { sign: 'even', label: t('Even pace', 'Rythme régulier') },
          ]}
        />
      </section>
      <section id="compact">
        <h2>Compact</h2>
        <div style={{ maxWidth: 560 }}>
          <BurnDown
            month={{ ...month, now: { at: first + 11.446 * day, label: t('now', 'maintenant') } }}
            fund="pool"
            label="compact"
            dayLabel={dayLabel}
            valueLabel={valueLabel}
            isCompact
          />
        </div>
      </section>
      <section id="past">
        <h2>Past month; young pool</h2>
        <BurnDown
          month={pastMonth}
          fund="addon"
          label="past"
          dayLabel={dayLabel}
          valueLabel={valueLabel}
          height={260}
        />
        <BurnDown
          month={{
            midnights,
            total: 1200,
            points: [
              { at: first, left: 1200 },
              { at: first + 1.2 * day, left: 1150 },
            ],
            now: { at: first + 1.2 * day, label: t('now 10:42', 'maintenant 10:42') },
            leftLabel: t('1,150 left', 'Il reste 1 150 min'),
          }}
          fund="addon"
          label="young"
          dayLabel={dayLabel}
          valueLabel={valueLabel}
          noForecast={t(
            'A forecast needs 7 days of calls. 3 so far.',
            'Une prévision demande 7 jours d’appels. 3 pour l’instant.',
          )}
          height={220}
        />
      </section>
      <section id="pools">
        <h2>Pools</h2>
        <PoolBar total={9000} used={4712} held={180} pace={0.38} fund="pool" label="4712 of 9000" />
        <PoolBar total={1200} used={521} held={20} pace={0.38} fund="addon" isTall />
        <PoolBar total={1200} used={1200} held={0} pace={0.38} fund="pool" />
        <PoolBar total={0} used={0} held={0} fund="addon" />
        <Legend
          entries={[
            { sign: 'pool', label: t('Used', 'Utilisées') },
            { sign: 'held', label: t('Held by calls', 'Réservées par des appels') },
            { sign: 'pace', label: t('Even pace today', 'Rythme régulier à ce jour') },
            { sign: 'addon', label: t('International plan', 'Forfait international') },
            { sign: 'credits', label: t('Credits', 'Crédits') },
            { sign: 'free', label: t('Free', 'Gratuit') },
            { sign: 'blind', label: t('Not confirmed yet', 'Non confirmé') },
            { sign: 'cut', label: t('Cut', 'Coupure') },
          ]}
        />
      </section>
      <section id="wallet">
        <h2>Wallet</h2>
        <div style={{ maxWidth: 360 }}>
          <WalletLots lots={lots} held={1_920_000n} label="three lots" />
          <br />
          <WalletLots
            lots={[
              {
                id: 'z',
                amount: 900_000n,
                label: t('CA$0.90', '0,90 $CA'),
                expiry: t('2 Dec', '2 déc.'),
                isSoon: true,
              },
              ...lots,
            ]}
            held={35_000_000n}
            label="four lots"
          />
        </div>
      </section>
      <section id="baskets">
        <h2>{t('Cost by number of International plans', 'Coût selon le nombre de forfaits internationaux')}</h2>
        <CostByBasket
          baskets={baskets}
          bound={{ amount: 156_720_000n, label: t('No basket can cost less', 'Aucun panier ne coûte moins') }}
          label="six baskets"
        />
      </section>
      <section id="days">
        <h2>Days</h2>
        <div className="row">
          <DayBars
            values={[0.4, 1.9, 2.6, 1.2, 3.1, 2.2, 0.1, 0, 4.4, 2.9, 3.6, 1.1]}
            slots={30}
            fund="credits"
            isLastOpen
            label="days"
          />
        </div>
        <Sparkline values={[8, 9, 7, 0, 0, 9, 11, 8, 10, 9, 0, 0, 10, 4]} fund="pool" label="a line" />
      </section>
    </main>
  )
}

Object.assign(window, { overlappingTexts })
/** Called by the test: pairs of texts of one picture whose boxes lie on each other, and texts beyond their card. */
function overlappingTexts(): string[] {
  const found: string[] = []
  for (const picture of document.querySelectorAll('svg[role=img]')) {
    const card = picture.closest('section')?.getBoundingClientRect()
    const texts = [...picture.querySelectorAll('text')].map((text) => ({
      words: text.textContent,
      box: text.getBoundingClientRect(),
    }))
    for (const [index, { words, box }] of texts.entries()) {
      if (card && (box.left < card.left || box.right > card.right)) found.push(`${words} leaves its card`)
      for (const other of texts.slice(index + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
        const tall = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top)
        if (wide > 1 && tall > 3) found.push(`${words} on ${other.words}`)
      }
    }
  }
  return found
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Gallery />
  </StrictMode>,
)
