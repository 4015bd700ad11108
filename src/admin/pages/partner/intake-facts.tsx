/** What the customer has told, as a list of facts. */
import type { ReactNode } from 'react'
import { useFormats, useWords } from '../../words/use.tsx'
import { pathWords } from './path-words.ts'
import './partner.css'

interface Told {
  readonly people: number
  readonly phones: number
  readonly devices: number
  readonly phoneSystem: string
  readonly carrier: string
  readonly carrierLink: 'sip-trunk'
  readonly internet: 'fibre'
  readonly sites: number
  readonly siteLink: 'vpn'
  readonly special: readonly 'menus'[]
  readonly notes: string
}

export function IntakeFacts({ intake }: { readonly intake: Readonly<Record<string, unknown>> }) {
  const t = useWords(pathWords)
  const formats = useFormats()
  const told = intake as unknown as Told
  const data = (text: string): ReactNode => (text === '' ? t('none') : <span translate="no">{text}</span>)
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('people'), formats.number(told.people)],
    [t('phones'), formats.number(told.phones)],
    [t('devices'), formats.number(told.devices)],
    [t('sites'), `${formats.number(told.sites)} · ${t(`siteLink.${told.siteLink}`)}`],
    [t('carrier'), data(told.carrier)],
    [t('carrierLink'), t(`carrierLink.${told.carrierLink}`)],
    [t('phoneSystem'), data(told.phoneSystem)],
    [t('internet'), t(`internet.${told.internet}`)],
    [
      t('special'),
      told.special.length === 0 ? t('none') : formats.list(told.special.map((need) => t(`special.${need}`))),
    ],
    ...(told.notes === '' ? [] : [[t('notes'), data(told.notes)] as const]),
  ]
  return (
    <dl className="pt-facts">
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
