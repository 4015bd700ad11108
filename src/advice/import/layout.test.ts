import { describe, expect, test } from 'vitest'
import { type ColumnMapping, detectLayout } from './layout.ts'

const detect = (text: string, mapping?: ColumnMapping) => {
  const detected = detectLayout(new TextEncoder().encode(text), mapping)
  return 'layout' in detected ? detected.layout : detected.unknown
}

const USAGE_HEADER =
  'UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability'

const ASTERISK =
  '"","201","14165550123","from-internal","""Maya"" <201>","PJSIP/201-1","PJSIP/trunk-2","Dial","PJSIP/14165550123@trunk","2026-10-01 09:00:00","2026-10-01 09:00:08","2026-10-01 09:02:08",128,120,"ANSWERED","DOCUMENTATION","1790845200.1",""'
const ASTERISK_UNANSWERED =
  '"","201","14165550123","from-internal","","PJSIP/201-3","","Dial","",2026-10-01 09:10:00,,2026-10-01 09:10:20,20,0,"NO ANSWER","DOCUMENTATION"'
const ASTERISK_CUSTOM =
  '"""Maya"" <201>","201","14165550123","from-internal","SIP/201-1","SIP/t-2","Dial","","2026-10-01 09:00:00","2026-10-01 09:00:08","2026-10-01 09:02:08","128","120","ANSWERED","3","","1790845200.1",""'
const FREESWITCH =
  '"Maya","201","14165550123","default","2026-10-01 09:00:00","2026-10-01 09:00:08","2026-10-01 09:02:08","128","120","NORMAL_CLEARING","0a1b","","acct","PCMU","PCMU"'
const FREESWITCH_SNOM = `${FREESWITCH}, "UA/1", "c", "s", "t", "f"`
const FREESWITCH_ASTERISK =
  '"acct","201","14165550123","default","Maya <201>","sofia/a","sofia/b","bridge","x","2026-10-01 09:00:00","2026-10-01 09:00:08","2026-10-01 09:02:08",128,120,"NORMAL_CLEARING","DOCUMENTATION","0a1b","x"'
const OPENCDRRATE =
  '"0a1b","sofia","outbound","201","14165550123","2026-10-01 09:00:08","2026-10-01 09:02:08","120","acct","","10.0.0.1","",""'
const ACC =
  '1,INVITE,tagA,tagB,call-1@pbx,200,OK,2026-10-01 09:00:08,201,pbx,10.0.0.1,14165550123,14165550123,pbx\n2,BYE,tagA,tagB,call-1@pbx,200,OK,2026-10-01 09:02:08,201,pbx,10.0.0.1,14165550123,14165550123,pbx'

describe('the layout of a file is told from its first lines', () => {
  test.each([
    ['asterisk', ASTERISK, { user: 1, number: 2, time: 10, seconds: 13 }],
    ['asterisk', `${ASTERISK}\n${ASTERISK_UNANSWERED}\n${ASTERISK_UNANSWERED}`, { time: 10 }],
    ['asterisk', FREESWITCH_ASTERISK, { user: 1, seconds: 13, id: 16 }],
    ['asterisk-custom', ASTERISK_CUSTOM, { user: 1, number: 2, time: 9, seconds: 12 }],
    ['freeswitch', FREESWITCH, { user: 1, number: 2, time: 5, seconds: 8, id: 10 }],
    ['freeswitch', FREESWITCH_SNOM, { user: 1, seconds: 8 }],
    ['freeswitch-opencdrrate', OPENCDRRATE, { user: 3, number: 4, time: 5, seconds: 7 }],
    ['kamailio-acc', ACC, { kind: 1, id: 4, time: 7, user: 8, number: 11, seconds: -1 }],
  ])('%s', (name, text, columns) => {
    expect(detect(`${text}\n`)).toMatchObject({ name, hasHeader: false, delimiter: ',', columns })
  })

  test('facts §13.3: the export of the usage report, by its header', () => {
    expect(detect(`${USAGE_HEADER}\r\n`)).toMatchObject({
      name: 'usage-export',
      hasHeader: true,
      columns: { id: 0, user: 5, userName: 6, country: 3, number: 12, time: 13, seconds: 15, kind: 8 },
    })
  })

  test('plain files: usual names in English and French, any delimiter, a mapping for others', () => {
    expect(detect('Date et heure;Appelant;Numéro appelé;Durée\n')).toMatchObject({
      name: 'plain',
      delimiter: ';',
      columns: { time: 0, user: 1, number: 2, seconds: 3 },
    })
    expect(detect('Utilisateur\tNuméro composé\tHeure de début\tDurée (s)\n')).toMatchObject({ delimiter: '\t' })
    const own = 'Wer,Wohin,Wann,Wie lange\nx,+14165550123,2026-10-01 09:00:00,60\n'
    expect(detect(own)).toMatchObject({
      header: ['Wer', 'Wohin', 'Wann', 'Wie lange'],
      missing: ['user', 'number', 'time', 'seconds'],
    })
    expect(detect(own, { user: 'wer', number: 'Wohin', time: 'Wann', seconds: 'Wie lange' })).toMatchObject({
      columns: { user: 0, number: 1, time: 2, seconds: 3 },
    })
    expect(detect(own, { user: 'Wer', number: 'Wohin', time: 'Wann', seconds: 'Dauer' })).toMatchObject({
      missing: ['seconds'],
    })
  })

  test('what is no call record says so', () => {
    for (const text of ['', 'hello\n', '{"a": 1}\n', 'a,b\n1,2\n']) expect(detect(text)).toHaveProperty('missing')
  })
})
