/** What a caller meets, drawn as it is edited: the call, its branches, the keys and where they lead. */
import { MENU_KEYS } from '../../../core/attendant.ts'
import { useWords } from '../../words/use.tsx'
import { keysOf, type Settings, type Target } from './data.ts'
import { useTargetNames } from './names.ts'
import { greetingWords } from './words.ts'
import './greeting.css'

export function KeyTree({ settings }: { readonly settings: Settings }) {
  const t = useWords(greetingWords)
  const nameOf = useTargetNames(settings)
  const { greeting, forward, menu, afterHours } = settings
  const words = [greeting === null ? null : t('tree.greeting'), menu === null ? null : t('tree.menu')].filter(Boolean)
  const branch = (
    <ul>
      {menu === null ? (
        <Leaf label="" target={forward} name={nameOf(forward)} />
      ) : (
        <>
          {keysOf(menu, MENU_KEYS).map((key) => (
            <Leaf key={key} label={key} target={menu.keys[key] ?? null} name={nameOf(menu.keys[key] ?? null)} isKey />
          ))}
          <Leaf label={t('tree.otherwise')} target={menu.otherwise} name={nameOf(menu.otherwise)} />
        </>
      )}
    </ul>
  )
  return (
    <ul className="greeting-tree" aria-label={t('tree')}>
      <li>
        <span className="greeting-node">{t('tree.call')}</span>
        <ul>
          <li>
            <span className="greeting-node greeting-open">
              {[afterHours === null ? null : t('tree.open'), ...words].filter(Boolean).join(' · ') || t('tree.open')}
            </span>
            {branch}
          </li>
          {afterHours !== null && (
            <li>
              <span className="greeting-node">{t('tree.closed')}</span>
              <ul>
                <Leaf label="" target={afterHours.target} name={nameOf(afterHours.target)} />
              </ul>
            </li>
          )}
        </ul>
      </li>
    </ul>
  )
}

interface LeafProps {
  readonly label: string
  readonly target: Target | null
  readonly name: string
  readonly isKey?: boolean
}

function Leaf({ label, target, name, isKey = false }: LeafProps) {
  return (
    <li>
      {label !== '' && <span className={isKey ? 'greeting-key num' : 'k-quiet'}>{label}</span>}
      <span className={target === null ? 'greeting-leaf greeting-none' : 'greeting-leaf'}>
        {target === null || target.to === 'hang-up' ? name : <b translate="no">{name}</b>}
      </span>
    </li>
  )
}
