/** How many packets of speech rtpengine has got from each side of a call: what a switch knows without asking the telephones. */
import { type Ng, NgError } from './ng.ts'

interface Tagged {
  readonly medias?: readonly {
    readonly streams?: readonly { readonly flags?: readonly string[]; readonly stats?: { readonly packets?: number } }[]
  }[]
}

/** By the SIP tag of the side that sent them; control packets (RTCP) are not counted. Empty: rtpengine knows no such call. */
export async function packetsOfCall(ng: Ng, callId: string): Promise<ReadonlyMap<string, number>> {
  try {
    const { tags } = await ng.command('query', { 'call-id': callId })
    return new Map(
      Object.entries((tags ?? {}) as Readonly<Record<string, Tagged>>).map(([tag, { medias = [] }]) => [
        tag,
        medias
          .flatMap(({ streams = [] }) => streams)
          .filter(({ flags = [] }) => flags.includes('RTP'))
          .reduce((sum, { stats }) => sum + (stats?.packets ?? 0), 0),
      ]),
    )
  } catch (error) {
    if (error instanceof NgError) return new Map()
    throw error
  }
}
