/** Tells the people of a partner by mail what a customer has done, after the answer has gone out (L4, G3). */
import { formatId, type PartnerId } from '../core/ids.ts'
import { type PartnerNews, partnerLetter } from '../mail/partner-letters.ts'
import type { SeenCase } from '../store/partner-case.ts'
import { peopleOfPartner } from '../store/role-grant.ts'
import type { Deps } from './server.ts'

/** `partnerId` null: all partners, each of whom may take the request up. Without mail on this installation nobody is told. */
export function tellPartner(
  { access, db }: Deps,
  partnerId: PartnerId | null,
  news: PartnerNews,
  about: Pick<SeenCase, 'organisation' | 'country'> & { readonly caseId: SeenCase['caseId'] | null },
): void {
  if (access === undefined) return
  const { organisation, country, caseId } = about
  const path = caseId === null ? '/partner/worklist' : `/partner/worklist/${formatId('partnerCase', caseId)}`
  const url = new URL(path, access.publicUrl).href
  access.afterwards(async () => {
    for (const { email, language } of await peopleOfPartner(db, partnerId)) {
      access.mail(email, partnerLetter(language, news, { organisation, country, url }))
    }
  })
}

/** The same of a case, for the people of its partner; null: nothing has changed, and nobody is told. */
export function tellOf(
  deps: Deps,
  news: PartnerNews,
  row: Pick<SeenCase, 'partnerId' | 'organisation' | 'country' | 'caseId'> | null,
): void {
  if (row !== null) tellPartner(deps, row.partnerId, news, row)
}
