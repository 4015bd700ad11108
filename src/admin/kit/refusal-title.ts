/** Why a call cannot be made, in the language that is shown: refusals of calls come from the API in English, with their code. */
import { useCallback } from 'react'
import { REFUSALS, type RefusalCode } from '../../core/problems.ts'
import { useLanguage } from '../words/use.tsx'

const isRefusal = (code: string): code is RefusalCode => Object.hasOwn(REFUSALS, code)

export function useRefusalTitle(): (refusal: { readonly code: string; readonly title: string }) => string {
  const language = useLanguage()
  return useCallback(({ code, title }) => (isRefusal(code) ? REFUSALS[code].title[language] : title), [language])
}
