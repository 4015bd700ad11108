/**
 * Kamailio's `acc` writes events, not calls: an INVITE that was answered and the BYE that ended it, joined by Call-ID and the two
 * tags in either order (who hangs up sends the BYE). A forked INVITE is answered once; a call whose BYE is missing has no end, and
 * none is invented.
 */

export interface AccEvent {
  readonly method: string
  readonly fromTag: string
  readonly toTag: string
  readonly callId: string
  readonly sipCode: string
  readonly at: number
  readonly user: string
  readonly number: string
  readonly file: string
  readonly line: number
}

export interface AccCall {
  readonly event: AccEvent
  /** Null: its end is not in the files. */
  readonly seconds: number | null
}

const keyOf = ({ callId, fromTag, toTag }: AccEvent): string =>
  fromTag < toTag ? `${callId} ${fromTag} ${toTag}` : `${callId} ${toTag} ${fromTag}`

/** Pairs events in any order; what is open at the end comes out of `finish`. */
export class AccPairing {
  private readonly invites = new Map<string, AccEvent>()
  private readonly byes = new Map<string, AccEvent>()

  /** The call that this event completes; `duplicate` for an event that came before; null while the other half is missing. */
  add(event: AccEvent): AccCall | 'duplicate' | 'unanswered' | null {
    if (event.method === 'BYE') {
      const key = keyOf(event)
      const invite = this.invites.get(key)
      if (invite === undefined) {
        if (this.byes.has(key)) return 'duplicate'
        this.byes.set(key, event)
        return null
      }
      this.invites.delete(key)
      return { event: invite, seconds: event.at - invite.at }
    }
    if (event.method !== 'INVITE' || !event.sipCode.startsWith('2')) return 'unanswered'
    const key = keyOf(event)
    if (this.invites.has(key)) return 'duplicate'
    const bye = this.byes.get(key)
    if (bye === undefined) {
      this.invites.set(key, event)
      return null
    }
    this.byes.delete(key)
    return { event, seconds: bye.at - event.at }
  }

  /** Calls whose end is in no file, and BYEs whose beginning is in none. */
  finish(): AccEvent[] {
    return [...this.invites.values(), ...this.byes.values()]
  }
}
