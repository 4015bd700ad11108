/** An advice: the answer, its price, the basket line by line, the proof in a picture and in words, and what not to buy. */
import { CertificateRegular, WarningRegular } from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import type { AdviceWire } from '../../../api/schema/advice.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { parseMicros } from '../../../core/money.ts'
import { Card } from '../../kit/card.tsx'
import { CostByBasket, PoolBar } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { whatToBuyWords } from '../what-to-buy/words.ts'
import './answer.css'

interface AdviceAnswerProps {
  readonly advice: AdviceWire
  /** Another one is being calculated. */
  readonly isStale?: boolean
  /** Below the proof. */
  readonly children?: ReactNode
}

export function AdviceAnswer({ advice, isStale = false, children }: AdviceAnswerProps) {
  const t = useWords(whatToBuyWords)
  const formats = useFormats()
  const { report } = advice
  // Lines that may be calls and were not understood: the proof is about the others.
  const isWhole = report.setAside.length === 0
  const isSettled = report.isProven && isWhole
  return (
    <div className={isStale ? 'advice-answer advice-stale' : 'advice-answer'}>
      <Card>
        <h2 className="advice-headline" translate="no">
          {report.headline}
        </h2>
        <p className="advice-price" translate="no">
          <b className="num k-big">{formats.money(advice.perMonth)}</b> <span translate="yes">{t('perMonth')}</span>
        </p>
        <p className="k-quiet">{t('withCredits', { total: formats.money(advice.total, 'exact') })}</p>
        <p className={isSettled ? 'advice-proof' : 'advice-proof advice-open'}>
          {isSettled ? <CertificateRegular aria-hidden /> : <WarningRegular aria-hidden />}
          <span>
            <b>
              {report.isProven
                ? t(isWhole ? 'proved' : 'provedOfRead')
                : t('notProved', { gap: formats.money(advice.gap, 'exact') })}
            </b>
            <br />
            <span translate="no">{report.proof}</span>
          </span>
        </p>
        {children}
      </Card>
      {!isWhole && (
        <Card title={t('setAside')}>
          <div className="advice-open advice-set-aside" role="note">
            <WarningRegular aria-hidden />
            <ul className="advice-list" translate="no">
              {report.setAside.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        </Card>
      )}
      <Card title={t('whoNeeds')}>
        <People people={advice.people} needed={advice.needed} isWhole={isWhole} />
      </Card>
      <Card title={t('basket')}>
        <table className="advice-lines">
          <thead>
            <tr>
              <th scope="col">{t('what')}</th>
              <th scope="col" className="num">
                {t('quantity')}
              </th>
              <th scope="col" className="num">
                {t('each')}
              </th>
              <th scope="col" className="num">
                {t('aMonth')}
              </th>
            </tr>
          </thead>
          <tbody>
            {report.lines.map((line) => (
              <tr key={line.what} translate="no">
                <td>
                  <b>{line.what}</b>
                  <span className="k-quiet">{line.why}</span>
                </td>
                <td className="num">{formats.number(line.quantity)}</td>
                <td className="num">{line.each ?? '–'}</td>
                <td className="num">{line.perMonth ?? t('partnerSays')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
      <Alternatives advice={advice} />
      <Pools advice={advice} />
      <Sentences title={t('steps')} sentences={report.steps} isOrdered />
      <Sentences title={t('dontBuy')} sentences={report.dontBuy} />
      <Sentences title={t('credits')} sentences={report.recharge} />
      <Sentences title={t('notes')} sentences={[...report.notes, ...report.changes, ...report.tests]} />
    </div>
  )
}

const GLYPHS_MAX = 60

interface PeopleProps {
  readonly people: number
  readonly needed: number
  readonly isWhole: boolean
}

/** One glyph a person up to sixty, then one for so many that sixty are enough. */
function People({ people, needed, isWhole }: PeopleProps) {
  const t = useWords(whatToBuyWords)
  const each = Math.max(1, Math.ceil(people / GLYPHS_MAX))
  const glyphs = Math.ceil(people / each)
  const filled = Math.round((needed / Math.max(1, people)) * glyphs)
  return (
    <>
      <svg
        className="advice-people"
        style={{ maxWidth: `${Math.min(20, Math.max(1, glyphs)) * 20}px` }}
        viewBox={`0 0 ${Math.min(20, Math.max(1, glyphs)) * 18} ${Math.ceil(glyphs / 20) * 26}`}
        aria-hidden="true"
      >
        {Array.from({ length: glyphs }, (_, i) => (
          <g
            // biome-ignore lint/suspicious/noArrayIndexKey: a glyph is its place
            key={i}
            transform={`translate(${(i % 20) * 18 + 2} ${Math.floor(i / 20) * 26 + 2})`}
            className={i < filled ? 'advice-needs' : 'advice-needs-none'}
          >
            <circle cx="6" cy="4" r="3.4" />
            <path d="M0.8 20v-5a5.2 5.2 0 0 1 10.4 0v5z" />
          </g>
        ))}
      </svg>
      <p>
        {t('needsOne', { count: needed })} · {t(isWhole ? 'needsNone' : 'needsUnknown', { count: people - needed })}
      </p>
    </>
  )
}

const amountOf = ({ amount }: { readonly amount: string }): bigint => parseMicros(amount) ?? 0n

function Alternatives({ advice }: { readonly advice: AdviceWire }) {
  const t = useWords(whatToBuyWords)
  const formats = useFormats()
  const names = { advised: t('advised'), 'credits-only': t('creditsOnly'), everybody: t('everybody') } as const
  if (amountOf(advice.total) === 0n) return null
  return (
    <Card title={t('costByBasket')}>
      <div translate="no">
        <CostByBasket
          label={t('costLabel', { total: formats.money(advice.total) })}
          bound={{ amount: amountOf(advice.bound), label: t('bound') }}
          baskets={advice.alternatives.map(({ id, licences, international, credits, total }) => ({
            id,
            label: names[id],
            total: formats.money(total),
            isBest: id === 'advised',
            parts: [
              { fund: 'pool', amount: amountOf(licences) },
              { fund: 'addon', amount: amountOf(international) },
              { fund: 'credits', amount: amountOf(credits) },
            ],
          }))}
        />
      </div>
    </Card>
  )
}

/** What the calls would have made of the pools of this basket: full bars are months in which credits paid on. */
function Pools({ advice }: { readonly advice: AdviceWire }) {
  const t = useWords(whatToBuyWords)
  const language = useLanguage()
  const formats = useFormats()
  const { pools = [] } = advice
  if (pools.length === 0) return null
  const minutes = (seconds: number): string => formats.number(Math.ceil(seconds / 60))
  return (
    <Card title={t('pools')}>
      <div className="advice-pools">
        {pools.map(({ country, plan, months }) => (
          <table key={`${country} ${plan}`} className="advice-lines">
            <caption>{t(`pools.${plan}`, { country: countryName(country as Country, language) })}</caption>
            <thead>
              <tr>
                <th scope="col">{t('month')}</th>
                <th scope="col" colSpan={2}>
                  {t('used')}
                </th>
                <th scope="col" className="num">
                  {t('beyond')}
                </th>
              </tr>
            </thead>
            <tbody>
              {months.map(({ month, poolSeconds, usedSeconds, beyondSeconds }) => (
                <tr key={month}>
                  <td translate="no">{months.length > 1 ? formats.month(month) : t('aMonth')}</td>
                  <td className="advice-bar">
                    <PoolBar
                      total={poolSeconds}
                      used={usedSeconds}
                      held={0}
                      fund={plan === 'domestic' ? 'pool' : 'addon'}
                    />
                  </td>
                  <td className="num">{t('usedOf', { used: minutes(usedSeconds), total: minutes(poolSeconds) })}</td>
                  <td className="num">
                    {beyondSeconds === 0 ? '–' : t('minutes', { minutes: minutes(beyondSeconds) })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </Card>
  )
}

interface SentencesProps {
  readonly title: string
  readonly sentences: readonly string[]
  readonly isOrdered?: boolean
}

function Sentences({ title, sentences, isOrdered = false }: SentencesProps) {
  if (sentences.length === 0) return null
  const List = isOrdered ? 'ol' : 'ul'
  return (
    <Card title={title}>
      <List className="advice-list" translate="no">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </List>
    </Card>
  )
}
