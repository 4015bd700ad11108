/** The names of those whom targets ring. */
import { useQueries } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useWords } from '../../words/use.tsx'
import type { Pickable } from '../rates/person-picker.tsx'
import type { Settings, Target } from './data.ts'
import { greetingWords } from './words.ts'

/** Says where a target leads, in a few words. */
export function useTargetNames({ forward, menu, afterHours }: Settings): (target: Target | null) => string {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  const phone = usePhoneFormat()
  const targets = [forward, ...Object.values(menu?.keys ?? {}), menu?.otherwise, afterHours?.target]
  const userIds = [...new Set(targets.flatMap((target) => (target?.to === 'user' ? [target.userId] : [])))]
  const names = useQueries({
    queries: userIds.map((userId) => ({
      queryKey: ['users', id, userId],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        api.get<Pickable>(`/v1/tenants/${id}/users/${userId}`, { signal }),
    })),
    combine: (results) => new Map(results.flatMap(({ data }) => (data ? [[data.id, data.name] as const] : []))),
  })
  return (target) => {
    if (target === null) return t('tree.nowhere')
    if (target.to === 'hang-up') return t('to.hang-up')
    return target.to === 'number' ? phone(target.number) : (names.get(target.userId) ?? '…')
  }
}
