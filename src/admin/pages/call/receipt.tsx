/** What each source gave, to the last decimal; the postings that say so; and whether both agree. */
import { CheckmarkCircleFilled, ErrorCircleFilled } from '@fluentui/react-icons'
import type { UseQueryResult } from '@tanstack/react-query'
import type { CallAuditOnWire, CallDetail } from '../../../api/schema/call.ts'
import { POOL_INCREMENT } from '../../../core/catalogue.ts'
import { formatMicros, micros, parseMicros } from '../../../core/money.ts'
import { Card } from '../../kit/card.tsx'
import { Duration, Money, When } from '../../kit/figures.tsx'
import { FundSwatch } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { CREDITS, fundOf, OVERRUN, useSourceNames } from '../calls/source.ts'
import type { Lit } from './summary.tsx'
import { oneCallWords } from './words.ts'

interface ReceiptProps extends Lit {
  readonly call: CallDetail
  readonly audit: UseQueryResult<CallAuditOnWire>
}

export function Receipt({ call, audit, active, onActive }: ReceiptProps) {
  const t = useWords(oneCallWords)
  const names = useSourceNames()
  const { currency } = call.charge
  const { funding, rate, overrunSeconds } = call
  const spokenBy = (source: string): number =>
    call.segments.filter((one) => one.source === source).reduce((sum, { seconds }) => sum + seconds, 0)
  const fee = rate && funding.some(({ source }) => source === CREDITS) ? rate.connectionFee : null
  const lit = (source: string) => ({
    className: active !== null && active !== source ? 'call-dim' : undefined,
    onPointerEnter: () => onActive(source),
    onPointerLeave: () => onActive(null),
  })
  return (
    <Card title={t('receipt')} flush>
      <div className="call-receipt k-table">
        <table aria-label={t('receipt')}>
          <thead>
            <tr>
              <th scope="col">{t('source')}</th>
              <th scope="col" className="k-figure">
                {t('colSeconds')}
              </th>
              <th scope="col" className="k-figure call-rate">
                {t('colRate')}
              </th>
              <th scope="col" className="k-figure" translate="no">
                {currency}
              </th>
            </tr>
          </thead>
          <tbody>
            {funding.map(({ source, seconds, amount }) => (
              <tr key={source} {...lit(source)}>
                <td>
                  <span className="call-source">
                    <FundSwatch fund={fundOf(source)} />
                    <span>
                      {names.full(source)}
                      <em>
                        <Steps call={call} source={source} />
                        {spokenBy(source) !== seconds && <> · {t('counted', { spoken: spokenBy(source) })}</>}
                      </em>
                    </span>
                  </span>
                </td>
                <td className="k-figure num" data-seconds={seconds}>
                  <Figure value={seconds} />
                </td>
                <td className="k-figure num call-rate">
                  {source === CREDITS && rate ? <Plain amount={rate.perMinute} /> : '—'}
                </td>
                <td className="k-figure">
                  <Plain amount={amount ? less(amount.amount, fee ?? '0') : '0.000000'} isSummed />
                </td>
              </tr>
            ))}
            {fee !== null && (
              <tr>
                <td className="call-indent">{t('fee')}</td>
                <td className="k-figure">—</td>
                <td className="k-figure call-rate">—</td>
                <td className="k-figure">
                  <Plain amount={fee} isSummed />
                </td>
              </tr>
            )}
            {overrunSeconds > 0 && (
              <tr {...lit(OVERRUN)}>
                <td className="call-indent">{names.short(OVERRUN)}</td>
                <td className="k-figure num">
                  <Figure value={overrunSeconds} />
                </td>
                <td className="k-figure call-rate">—</td>
                <td className="k-figure">
                  <Plain amount="0.000000" isSummed />
                </td>
              </tr>
            )}
            {funding.length === 0 && (
              <tr>
                <td colSpan={4} className="k-quiet">
                  {t('noFunding')}
                </td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('total')}</th>
              <td className="k-figure num">
                <Figure value={funding.reduce((sum, { seconds }) => sum + seconds, 0)} />
              </td>
              <td className="call-rate" />
              <td className="k-figure" data-total={call.charge.amount}>
                <Plain amount={call.charge.amount} />
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
      <Postings call={call} />
      <Agree audit={audit} />
    </Card>
  )
}

const less = (amount: string, fee: string): string =>
  formatMicros(micros((parseMicros(amount) ?? 0n) - (parseMicros(fee) ?? 0n)))

function Figure({ value }: { readonly value: number }) {
  return <span translate="no">{useFormats().number(value)}</span>
}

/** Six decimals without the currency, which heads the column. */
function Plain({ amount, isSummed = false }: { readonly amount: string; readonly isSummed?: boolean }) {
  const formats = useFormats()
  const locale = formats.language === 'fr' ? 'fr-FR' : 'en-GB'
  const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: 6, maximumFractionDigits: 6 }).format(
    amount as Intl.StringNumericLiteral,
  )
  return (
    <span className="num" translate="no" {...(isSummed ? { 'data-amount': amount } : {})}>
      {shown}
    </span>
  )
}

function Steps({ call, source }: { readonly call: CallDetail; readonly source: string }) {
  const t = useWords(oneCallWords)
  const { rate } = call
  const [initial, next] =
    source === CREDITS && rate
      ? [rate.initialIncrement, rate.nextIncrement]
      : [POOL_INCREMENT.initialSeconds, POOL_INCREMENT.nextSeconds]
  return initial === next ? t('stepsSame', { next }) : t('steps', { initial, next })
}

function Postings({ call }: { readonly call: CallDetail }) {
  const t = useWords(oneCallWords)
  const formats = useFormats()
  if (call.postings.length === 0) return null
  return (
    <div className="call-postings">
      <h3>{t('postings')}</h3>
      <ol>
        {call.postings.map(({ line, debit, credit, unit, amount, cause, at }) => (
          <li key={line} id={`post-${line}`} translate="no" data-cause={cause} data-unit={unit} data-posted={amount}>
            <a href={`#post-${line}`} title={formats.momentExact(at)}>
              <code translate="no">
                {debit} → {credit}
              </code>
            </a>
            <span className="num" translate="no">
              {unit === 'second' ? (
                t('seconds', { n: Number(amount) })
              ) : (
                <Money money={{ amount, currency: call.charge.currency }} style="exact" />
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** Says only what the audit of this call has answered. */
function Agree({ audit }: { readonly audit: UseQueryResult<CallAuditOnWire> }) {
  const t = useWords(oneCallWords)
  const names = useSourceNames()
  if (!audit.data) {
    return <p className="call-agree k-quiet">{audit.isError ? t('checkFailed') : t('checking')}</p>
  }
  const wrong = audit.data.checks.filter(({ expected, actual }) => expected !== actual)
  return (
    <div
      className={`call-agree ${audit.data.balanced ? 'call-agree-good' : 'call-agree-bad'}`}
      id="books"
      data-agree={audit.data.balanced}
    >
      <p>
        {audit.data.balanced ? (
          <CheckmarkCircleFilled fontSize={18} aria-hidden="true" />
        ) : (
          <ErrorCircleFilled fontSize={18} aria-hidden="true" />
        )}
        {audit.data.balanced ? t('agree') : t('disagree')}
      </p>
      {wrong.length > 0 && (
        <ul>
          {wrong.map(({ check, source, expected, actual }) => (
            <li key={`${check} ${source}`}>
              {t('wrong', {
                what: t(`check.${check}`, { source: source === null ? '' : names.full(source) } as never),
                expected,
                actual,
              })}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** C9: what the record said before its end came; nothing is ever edited. */
export function Correction({ call }: { readonly call: CallDetail }) {
  const t = useWords(oneCallWords)
  const formats = useFormats()
  const { correction } = call
  if (!correction) return null
  return (
    <Card title={t('correction', { day: formats.dayLong(call.endedAt) })}>
      <p>{t('correctionWhy', { time: formats.timeExact(correction.closedAt) })}</p>
      <dl className="call-facts">
        <dt>{t('before')}</dt>
        <dd>
          <Duration seconds={correction.chargedSeconds} /> · <Money money={correction.charge} style="exact" />
        </dd>
        <dt>{t('after')}</dt>
        <dd>
          <Duration seconds={call.chargedSeconds} /> · <Money money={call.charge} style="exact" />
        </dd>
      </dl>
    </Card>
  )
}

export const Moment = ({ at }: { readonly at: string | null }) =>
  at === null ? '–' : <When at={at} style="timeExact" />
