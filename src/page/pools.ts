/** Minutes left and credits: what the tenant has. */
import { h, part } from './dom.ts'
import type { Speech } from './format.ts'
import type { Overview, Pool, Wallet } from './wire.ts'

export function poolsCard(overview: Overview, speech: Speech): HTMLElement {
  const { say } = speech
  const { pools, seats, tenant } = overview
  const voice = seats.find((seat) => seat.sku === 'voice-with-calling-plan')
  const empty = tenant.licenceType === 'without-calling-plan' ? say.noPoolsOwnTrunk : say.noPools
  const rows = pools.filter((pool) => pool.totalSeconds > 0 || pool.usedSeconds > 0)
  const order = ['domestic', 'international', 'conference']
  // The tenant's own country leads, then the other countries, then the add-ons.
  const rank = (pool: Pool): string =>
    `${order.indexOf(pool.plan)}${pool.country === tenant.country ? 0 : 1}${pool.country}`
  rows.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  return h(
    'section.card.pools',
    { 'aria-labelledby': 'pools' },
    h('h2', { id: 'pools' }, say.minutesLeft(speech.month(overview.month))),
    voice ? h('p.muted', null, say.licences(voice.purchased, voice.assigned)) : null,
    rows.length === 0 ? h('p.empty', null, empty) : h('ul.plain', null, ...rows.map((pool) => poolRow(pool, speech))),
    rows.length === 0 ? null : legend(speech),
  )
}

function poolRow(pool: Pool, speech: Speech): HTMLElement {
  const { say, minutes } = speech
  const { usedSeconds, reservedSeconds, availableSeconds, totalSeconds } = pool
  // A licence that was removed may leave more used than there is now (P7).
  const scale = Math.max(totalSeconds, usedSeconds + reservedSeconds, 1)
  const fund = pool.plan === 'domestic' ? 'pool' : 'addon'
  const each = speech.minutes(pool.assignedLicences === 0 ? 0 : totalSeconds / pool.assignedLicences)
  const formula = pool.plan === 'conference' ? say.formulaBought : say.formula
  const figures = [
    minutes(usedSeconds),
    minutes(reservedSeconds),
    minutes(availableSeconds),
    minutes(totalSeconds),
  ] as const
  const isUsedUp = availableSeconds === 0 && reservedSeconds === 0
  return h(
    'li.pool-row',
    null,
    h(
      'div.line',
      null,
      h(
        'span',
        null,
        h('strong', null, pool.plan === 'conference' ? say.allCountries : speech.country(pool.country)),
        ' ',
        h('span.muted', null, say.plans[pool.plan]),
      ),
      h(
        'span.figure',
        null,
        h('strong.tnum', null, figures[2]),
        ` ${say.left} `,
        h('span.muted', null, say.ofTotal(figures[3])),
      ),
    ),
    h(
      'div.bar',
      { class: `bar ${fund}`, role: 'img', 'aria-label': say.poolLabel(...figures) },
      part('used', usedSeconds / scale),
      part('held', reservedSeconds / scale),
    ),
    h(
      'p.small.muted.line',
      null,
      h('span', null, formula(pool.assignedLicences, each)),
      isUsedUp
        ? h('span.cut', null, say.usedUp)
        : h(
            'span.tnum',
            null,
            `${say.used} ${figures[0]} · ${say.held} ${figures[1]} · ${say.available} ${figures[2]}`,
          ),
    ),
  )
}

function legend({ say }: Speech): HTMLElement {
  const item = (className: string, text: string) =>
    h('li', null, h('span', { class: `swatch pool ${className}` }), text)
  return h(
    'ul.legend.small',
    { 'aria-hidden': 'true' },
    item('used', say.used),
    item('held', say.held),
    item('free', say.available),
  )
}

export function walletCard(overview: Overview, speech: Speech): HTMLElement {
  const { say } = speech
  const { wallet, tenant } = overview
  const isEmpty = wallet.lots.length === 0
  return h(
    'section.card.wallet',
    { 'aria-labelledby': 'wallet' },
    h('h2', { id: 'wallet' }, say.credits),
    h(
      'p',
      null,
      h('strong.big.tnum', null, speech.money(wallet.available)),
      ' ',
      h('span.muted', null, say.availableNow),
    ),
    h('p.muted.tnum', null, say.balance(speech.money(wallet.balance), speech.money(wallet.reserved))),
    isEmpty ? h('p.empty', null, say.walletEmpty) : lots(wallet, tenant.currency, speech),
    h('p.recharge', null, recharge(wallet, speech)),
  )
}

function lots(wallet: Wallet, currency: string, speech: Speech): HTMLElement {
  const total = wallet.lots.reduce((sum, lot) => sum + Number(lot.amount), 0)
  return h(
    'div',
    null,
    h('h3', { id: 'lots' }, speech.say.lots),
    h(
      'ol.lots',
      { 'aria-labelledby': 'lots' },
      ...wallet.lots.map((lot) => {
        const element = h(
          'li',
          null,
          h('span.lot', { 'aria-hidden': 'true' }),
          h('strong.tnum', null, speech.money({ amount: lot.amount, currency })),
          h('span.small.muted', null, lot.expiresAt === null ? speech.say.never : speech.day(lot.expiresAt)),
        )
        // Widths of pictures only: money itself is never a number here.
        element.style.flexGrow = String(Math.max(0.2, Number(lot.amount) / Math.max(total, 0.01)))
        return element
      }),
    ),
  )
}

function recharge({ autoRecharge }: Wallet, { say, money }: Speech): string {
  if (!autoRecharge?.enabled) return say.rechargeOff
  if (autoRecharge.state === 'paused') return say.rechargePaused(autoRecharge.declines)
  if (autoRecharge.state === 'pending') return say.rechargePending(money(autoRecharge.amount))
  return say.rechargeOn(money(autoRecharge.threshold), money(autoRecharge.amount))
}
