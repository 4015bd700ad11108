/** The draft on a keypad: the same state machine that answers calls, without a call. */
import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import {
  type Act,
  type Attendant,
  begin,
  type Happening,
  MENU_KEYS,
  next,
  type Step,
  type Words,
} from '../../../core/attendant.ts'
import { instant, type TimeZone } from '../../../core/time.ts'
import { useTenant } from '../../data/session.ts'
import { useWords } from '../../words/use.tsx'
import type { Settings } from './data.ts'
import { useTargetNames } from './names.ts'
import { greetingWords } from './words.ts'
import './greeting.css'

/** Ids are text here and mean the same. */
const asCore = (settings: Settings): Attendant => settings as unknown as Attendant

export function Simulator({ settings }: { readonly settings: Settings }) {
  const t = useWords(greetingWords)
  const { timeZone } = useTenant()
  const nameOf = useTargetNames(settings)
  const [steps, setSteps] = useState<readonly Step[]>([])
  const last = steps.at(-1)
  const place = last?.place ?? null
  const start = (isOpen: boolean): void => {
    const { afterHours } = settings
    // The same draft as it is at an hour of either kind.
    const shown = { ...settings, afterHours: afterHours && { ...afterHours, hours: isOpen ? ALWAYS : NEVER } }
    setSteps([begin(asCore(shown), instant(Date.now()), timeZone as TimeZone)])
  }
  const go = (happening: Happening): void => {
    if (place !== null) setSteps([...steps, next(asCore(settings), place, happening)])
  }
  const said = (one: Words): string => {
    if ('say' in one) return t(`say.${one.say}`)
    const id: string = one.prompt
    if (id === settings.greeting) return t('tree.greeting')
    return id === settings.menu?.prompt ? t('tree.menu') : t('tree.closed')
  }
  const line = (act: Act): string => {
    if (act.act === 'ring') return t('did.ring', { whom: nameOf(act.target as Settings['forward']) })
    const words = act.words.map(said).join(', ') || t('none')
    if (act.act === 'hang-up') return t('did.hang-up', { words })
    return act.listenSeconds === null ? t('did.play', { words }) : t('did.listen', { words })
  }
  return (
    <div className="k-stack">
      <p className="k-quiet">{t('testHow')}</p>
      <div className="k-row">
        <Button onClick={() => start(true)}>{t('testCall')}</Button>
        {settings.afterHours !== null && <Button onClick={() => start(false)}>{t('testClosed')}</Button>}
      </div>
      {steps.length > 0 && (
        <ol className="greeting-steps" aria-live="polite">
          {steps.map(({ act }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added
            <li key={index}>{line(act)}</li>
          ))}
        </ol>
      )}
      {place?.at === 'menu' && (
        <div className="greeting-pad">
          {MENU_KEYS.map((key) => (
            <Button key={key} aria-label={t('testKey', { key })} onClick={() => go({ on: 'key', key })}>
              {key}
            </Button>
          ))}
          <Button className="greeting-wait" onClick={() => go({ on: 'silence' })}>
            {t('testSilence')}
          </Button>
        </div>
      )}
      {place?.at === 'words' && (
        <div>
          <Button onClick={() => go({ on: 'silence' })}>{t('testSilence')}</Button>
        </div>
      )}
      {place?.at === 'ringing' && (
        <div>
          <Button onClick={() => go({ on: 'not-connected' })}>{t('testNobody')}</Button>
        </div>
      )}
    </div>
  )
}

const DAY = [{ from: '00:00', to: '24:00' }]
const ALWAYS = [DAY, DAY, DAY, DAY, DAY, DAY, DAY]
const NEVER = [[], [], [], [], [], [], []]
