/** What the pages of rate decks ask the API. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { comparisonOut, deckOut, draftErrorsOut, draftOut, whatIfOut } from '../../../api/schema/rate-deck.ts'
import { api } from '../../data/client.ts'

export type Deck = z.output<typeof deckOut>
export type Draft = z.output<typeof draftOut>
export type DraftErrors = z.output<typeof draftErrorsOut>
export type Comparison = z.output<typeof comparisonOut>
export type WhatIf = z.output<typeof whatIfOut>

export const DECKS = '/v1/rate-decks'
export const draftPath = (id: string): string => `${DECKS}/drafts/${id}`

export const STEPS = ['check', 'compare', 'publish'] as const
export type DraftStep = (typeof STEPS)[number]
export const stepAt = (draft: string, step: DraftStep): string => `/operator/decks/import/${draft}/${step}`

export function useDraft(id: string) {
  return useQuery({
    queryKey: ['rate-deck-draft', id],
    queryFn: ({ signal }) => api.get<Draft>(draftPath(id), { signal }),
  })
}

export function useDraftErrors({ id, revision }: Draft) {
  return useQuery({
    queryKey: ['rate-deck-draft', id, 'errors', revision],
    queryFn: ({ signal }) => api.get<DraftErrors>(`${draftPath(id)}/errors`, { signal }),
    placeholderData: (before) => before,
  })
}

/** `at`: what is in force then is compared; `''`: now. */
export function useComparison({ id, revision }: Draft, at: string) {
  return useQuery({
    queryKey: ['rate-deck-draft', id, 'comparison', revision, at],
    queryFn: ({ signal }) => api.get<Comparison>(`${draftPath(id)}/comparison`, { query: { at }, signal }),
  })
}

/** Decks, newest first; the first one tells the number of the next. */
export function useDecks() {
  return useQuery({
    queryKey: ['rate-decks', 'newest'],
    queryFn: ({ signal }) => api.get<{ data: readonly Deck[] }>(DECKS, { query: { limit: 1 }, signal }),
  })
}
