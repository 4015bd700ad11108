/** Everything to one place, or a menu of keys. Step 5 of Getting Started is made of it too. */
import { Button, Field, Input, Radio, RadioGroup } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { MENU_KEYS, type MenuKey } from '../../../core/attendant.ts'
import type { Language } from '../../../core/problems.ts'
import { useWords } from '../../words/use.tsx'
import { type Faults, keysOf, type MenuSettings, newMenu, type Settings } from './data.ts'
import { PromptField } from './prompt-field.tsx'
import { TargetField } from './target-field.tsx'
import { greetingWords } from './words.ts'
import './greeting.css'

export interface MenuEditorProps {
  readonly value: Pick<Settings, 'forward' | 'menu'>
  readonly language: Language
  readonly faults: Faults
  readonly isReadOnly?: boolean
  readonly onChange: (value: Pick<Settings, 'forward' | 'menu'>) => void
}

export function MenuEditor({ value, language, faults, isReadOnly = false, onChange }: MenuEditorProps) {
  const t = useWords(greetingWords)
  const { forward, menu } = value
  return (
    <div className="k-stack">
      <RadioGroup
        aria-label={t('where')}
        value={menu === null ? 'forward' : 'menu'}
        disabled={isReadOnly}
        onChange={(_, { value: way }) =>
          onChange(way === 'menu' ? { forward: null, menu: newMenu() } : { forward: null, menu: null })
        }
      >
        <Radio value="forward" label={t('where.forward')} />
        <Radio value="menu" label={t('where.menu')} />
      </RadioGroup>
      {menu === null ? (
        <TargetField
          label={t('to')}
          value={forward}
          error={faults.forward}
          isReadOnly={isReadOnly}
          onChange={(target) => onChange({ forward: target, menu: null })}
        />
      ) : (
        <Keys
          menu={menu}
          language={language}
          faults={faults}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange({ forward: null, menu: next })}
        />
      )}
    </div>
  )
}

interface KeysProps {
  readonly menu: MenuSettings
  readonly language: Language
  readonly faults: Faults
  readonly isReadOnly: boolean
  readonly onChange: (menu: MenuSettings) => void
}

function Keys({ menu, language, faults, isReadOnly, onChange }: KeysProps) {
  const t = useWords(greetingWords)
  const keys = keysOf(menu, MENU_KEYS)
  const free = MENU_KEYS.find((key) => menu.keys[key] === undefined)
  const without = (key: MenuKey): MenuSettings['keys'] =>
    Object.fromEntries(Object.entries(menu.keys).filter(([one]) => one !== key))
  const whole = (text: string, least: number, most: number, before: number): number => {
    const number = Number(text)
    return Number.isInteger(number) && number >= least && number <= most ? number : before
  }
  return (
    <>
      <PromptField
        label={t('menuWords')}
        hint={t('menuWordsHow')}
        value={menu.prompt}
        language={language}
        error={faults['menu.prompt']}
        isReadOnly={isReadOnly}
        onChange={(prompt) => onChange({ ...menu, prompt })}
      />
      <ul className="greeting-keys">
        {keys.map((key) => (
          <li key={key}>
            <b className="greeting-key num" aria-hidden="true">
              {key}
            </b>
            <TargetField
              label={t('key', { key })}
              value={menu.keys[key] ?? null}
              error={faults[`menu.keys.${key}`]}
              isReadOnly={isReadOnly}
              onChange={(target) => onChange({ ...menu, keys: { ...menu.keys, [key]: target } })}
            />
            {!isReadOnly && (
              <Button
                appearance="subtle"
                icon={<DismissRegular />}
                aria-label={t('removeKey', { key })}
                onClick={() => onChange({ ...menu, keys: without(key) })}
              />
            )}
          </li>
        ))}
      </ul>
      {faults['menu.keys'] !== undefined && (
        <p className="greeting-fault" role="alert">
          {faults['menu.keys']}
        </p>
      )}
      {!isReadOnly && free !== undefined && (
        <div>
          <Button onClick={() => onChange({ ...menu, keys: { ...menu.keys, [free]: null } })}>{t('addKey')}</Button>
        </div>
      )}
      <TargetField
        label={t('otherwise')}
        value={menu.otherwise}
        error={faults['menu.otherwise']}
        isReadOnly={isReadOnly}
        onChange={(target) => onChange({ ...menu, otherwise: target ?? { to: 'hang-up' } })}
      />
      <div className="greeting-small">
        <Field label={t('attempts')}>
          <Input
            type="number"
            min={1}
            max={5}
            value={String(menu.attempts)}
            disabled={isReadOnly}
            onChange={(_, { value }) => onChange({ ...menu, attempts: whole(value, 1, 5, menu.attempts ?? 3) })}
          />
        </Field>
        <Field label={t('waitSeconds')}>
          <Input
            type="number"
            min={1}
            max={30}
            value={String(menu.waitSeconds)}
            disabled={isReadOnly}
            onChange={(_, { value }) => onChange({ ...menu, waitSeconds: whole(value, 1, 30, menu.waitSeconds ?? 5) })}
          />
        </Field>
      </div>
    </>
  )
}
