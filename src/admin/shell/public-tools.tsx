/** Language and theme: for whoever looks, signed in or not. */
import { Menu, MenuItemRadio, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { WeatherMoonRegular, WeatherSunnyRegular } from '@fluentui/react-icons'
import { api } from '../data/client.ts'
import { type Choice, chooseTheme, useLook, useThemeChoice } from '../theme/theme.ts'
import { chooseLanguage } from '../words/language.ts'
import { useLanguage, useWords } from '../words/use.tsx'
import { shellWords } from './words.ts'
import './shell.css'

/** Switches at once; somebody who is signed in keeps it in their profile. */
export function LanguageButton({ keep = true }: { readonly keep?: boolean }) {
  const t = useWords(shellWords)
  const language = useLanguage()
  const other = language === 'en' ? 'fr' : 'en'
  const change = (): void => {
    chooseLanguage(other)
    // The page has changed already; if the profile does not hear of it, this browser still remembers.
    if (keep) api.patch('/v1/me', { language: other }).catch(() => undefined)
  }
  return (
    <button type="button" className="s-icon s-language" onClick={change} title={t('otherLanguage')}>
      <span className="unseen">{t('otherLanguage')} </span>
      <span translate="no" lang={other}>
        {other.toUpperCase()}
      </span>
    </button>
  )
}

const CHOICES: readonly Choice[] = ['system', 'light', 'dark', 'contrast']

export function ThemeMenu() {
  const t = useWords(shellWords)
  const look = useLook()
  const choice = useThemeChoice()
  const Icon = look === 'light' ? WeatherMoonRegular : WeatherSunnyRegular
  return (
    <Menu
      checkedValues={{ theme: [choice] }}
      onCheckedValueChange={(_, { checkedItems }) => chooseTheme((checkedItems[0] ?? 'system') as Choice)}
    >
      <MenuTrigger disableButtonEnhancement>
        <button type="button" className="s-icon" aria-label={t('theme')} title={t('theme')}>
          <Icon fontSize={20} />
        </button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {CHOICES.map((one) => (
            <MenuItemRadio key={one} name="theme" value={one}>
              {t(one)}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
