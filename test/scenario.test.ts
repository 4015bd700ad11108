import { beforeAll, describe, test } from 'vitest'
import { type TestDb, testDb } from './harness/postgres.ts'
import { play } from './scenario.ts'

let base: TestDb
beforeAll(async () => {
  base = await testDb()
})

const scenario = (title: string, text: string): void => {
  test(title, () => play({ ...base.db, url: base.url }, text))
}

const MARCH = 'tenant US 2027-03-10 10:00 America/New_York'
const DECK = `
  rate +1 0.10 60/60
  rate +44 0.10 60/60
  rate +441534 0.30 60/60
  rate +447797 0.30 60/60
  rate +441481 0.30 60/60
  rate +441624 0.30 60/60
  rate +1876 0.50 60/60
  rate +1671 0.40 60/60
  rate +1441 0.60 60/60
  rate +49 0.10 60/60
  rate +33 0.10 1/1
  rate +34 0.10 1/1 fee 0.60
  rate +53 0.80 60/60`

describe('L. licences', () => {
  scenario(
    'L1: colleagues call each other without a licence, the outside world only with one',
    `${MARCH} ${DECK}
    user office US
    user worker US no-licence
    user mate US no-licence
    number mate +12125550101
    number office +12125550102
    initial c1 worker → +12125550101                | free internal
    end c1 600                                      | charged 600
    initial c2 worker → +14155550100                | refused licence-required
    show record c2                                  | refused 0 licence-required
    initial c3 office → +14155550100                | granted 60 US:2027-03
    initial c4 in +12125550101 from +442071838750   | refused licence-required
    initial c5 in +12125550102 from +442071838750   | free inbound
    end c5 60                                       | charged 60
    show pool US domestic                           | 180000 total, 0 used, 179940 free`,
  )
  scenario(
    'L4: over the tenant’s own trunk calls are authorised and recorded, not charged',
    `tenant FR 2027-03-10 10:00 Europe/Paris
    user bruno FR without-plan
    user chloe FR no-licence
    fund 60.00
    initial c1 bruno → +49301234567 | free international
    end c1 61                       | charged 61
    show record c1                  | ended 61 caller-hung-up
    initial c2 bruno → +33142685300 | free domestic
    end c2 10                       | charged 10
    initial c3 chloe → +33142685300 | refused licence-required
    show wallet                     | 60.00, 60.00 free`,
  )
  scenario(
    'L6: the pool follows the user, not the tenant',
    `tenant CA 2027-03-10 10:00 America/Toronto ${DECK}
    user grace GB
    initial c1 grace → +442071838750 | granted 60 GB:2027-03
    end c1 60                        | charged 60: 60 GB:2027-03
    show pool GB domestic            | 72000 total, 60 used, 71940 free
    show pool CA domestic            | 0 total, 0 used, 0 free`,
  )
  scenario(
    'L7: a conference dials out on a pool of its own, then on credits',
    `${MARCH}
    rate +49 0.10 60/60 conference-out
    user alice US
    licences US conference 1
    fund 1.00
    initial c1 conference alice → +49301234567 ask 60 | granted 60 US:conference:2027-03
    end c1 61                                         | charged 61: 120 US:conference:2027-03
    pool US conference 60
    initial c2 conference alice → +49301234567 ask 90 | granted 60 US:conference:2027-03 + 30 wallet
    end c2 90                                         | charged 90: 60 US:conference:2027-03 + 60 wallet 0.10`,
  )
})

describe('P. pools', () => {
  scenario(
    'P2: 3 of 10 licences assigned are 9,000 minutes, shared by all users of the country',
    `tenant CA 2027-03-10 10:00 America/Toronto ${DECK}
    user a CA
    user b CA
    user c CA
    user d US
    show pool CA domestic                      | 540000 total, 0 used, 540000 free
    initial c1 a → +14162345678 ask 14400      | granted 14400 CA:2027-03
    initial c2 b → +14162345678 ask 999999     | granted 14400 CA:2027-03
    end c1 14400                               | charged 14400: 14400 CA:2027-03
    end c2 14399                               | charged 14399: 14400 CA:2027-03
    pool CA domestic 60
    initial c3 c → +14155550100 ask 600        | granted 60 CA:2027-03 final
    initial c4 d → +14155550100 ask 60         | granted 60 US:2027-03
    initial c5 a → +14155550100                | refused credit-limit-reached
    end c3 0                                   | charged 0
    show pool CA domestic                      | 540000 total, 539940 used, 60 free`,
  )
  scenario(
    'P2: users in the US and in Puerto Rico share one pool; nothing moves between countries',
    `${MARCH} ${DECK}
    user us US
    user pr PR
    user gb GB
    show pool US domestic            | 360000 total, 0 used, 360000 free
    initial c1 pr → +14155550100     | granted 60 US:2027-03
    initial c2 us → +17872345678     | granted 60 US:2027-03
    pool GB domestic 0
    initial c3 gb → +442071838750    | refused credit-limit-reached`,
  )
  scenario(
    'P4: domestic is the same country, and the US and Canada in both directions',
    `${MARCH} ${DECK}
    user us US
    user ca CA
    user gb GB
    initial c1 us → +14162345678     | granted 60 US:2027-03
    initial c2 ca → +14155550100     | granted 60 CA:2027-03
    initial c3 ca → +14162345678     | granted 60 CA:2027-03
    initial c4 gb → +442071838750    | granted 60 GB:2027-03
    initial c5 us → +18763001234     | refused credit-limit-reached
    fund 100.00
    initial d1 us → +18763001234     | granted 60 wallet
    end d1 61                        | charged 61: 120 wallet 1.00
    initial d2 us → +16716461234     | granted 60 wallet
    end d2 61                        | charged 61: 120 wallet 0.80
    initial d3 ca → +14412345678     | granted 60 wallet
    end d3 61                        | charged 61: 120 wallet 1.20
    initial d4 gb → +441534200000    | granted 60 wallet
    end d4 61                        | charged 61: 120 wallet 0.60
    initial d5 gb → +447797712345    | granted 60 wallet
    initial d6 gb → +441481250000    | granted 60 wallet
    initial d7 gb → +441624612345    | granted 60 wallet
    initial d8 gb → +14155550100     | granted 60 wallet
    initial d9 us → +442071838750    | granted 60 wallet`,
  )
  scenario(
    'P5: only holders draw the International pool, and never for numbers off its list',
    `${MARCH} ${DECK}
    user a US international
    user b US
    user c US international
    show pool US international       | 72000 total, 0 used, 72000 free
    initial c1 b → +49301234567      | refused credit-limit-reached
    initial c2 a → +49301234567      | granted 60 US:international:2027-03
    end c2 61                        | charged 61: 120 US:international:2027-03
    initial c3 c → +33142685300      | granted 60 US:international:2027-03
    end c3 61                        | charged 61: 120 US:international:2027-03
    show pool US international       | 72000 total, 240 used, 71760 free
    fund 60.00
    initial c4 b → +49301234567      | granted 60 wallet
    end c4 61                        | charged 61: 120 wallet 0.20
    initial c5 a → +5372041234       | granted 60 wallet
    end c5 1                         | charged 1: 60 wallet 0.80
    initial c6 a → +19002345678      | refused destination-barred
    initial c7 a → +448451234567     | refused destination-barred
    show pool US international       | 72000 total, 240 used, 71760 free
    clock 2027-04-01 00:00
    show pool US international       | 72000 total, 0 used, 72000 free`,
  )
  scenario(
    'P6: a month begins full, once, and the old one is gone',
    `tenant US 2027-03-31 23:58 America/New_York ${DECK}
    user a US
    pool US domestic 60
    initial c1 a → +14155550100 ask 300 | granted 60 US:2027-03 final
    clock 2027-04-01 00:00
    show pool US domestic               | 180000 total, 0 used, 180000 free
    initial c2 a → +14155550100 ask 300 | granted 300 US:2027-04
    end c1 10 late 60                   | charged 10: 60 US:2027-03`,
  )
  scenario(
    'P7: assigning and removing in mid-month: max(0, assigned × minutes − used)',
    `${MARCH}
    user a US
    user b US
    pool US domestic 359400
    show pool US domestic            | 360000 total, 600 used, 359400 free
    licences US domestic -1
    show pool US domestic            | 180000 total, 600 used, 179400 free
    licences US domestic +1
    pool US domestic 149400
    licences US domestic -1
    show pool US domestic            | 180000 total, 210600 used, 0 free
    initial c1 a → +14155550100      | refused rate-missing
    licences US domestic +1
    show pool US domestic            | 360000 total, 210600 used, 149400 free`,
  )
  scenario(
    'P7: a storm creates no minute, and held seconds stay held',
    `${MARCH} ${DECK}
    user a US
    user b US
    pool US domestic 180120
    initial c1 a → +14155550100 ask 120 | granted 120 US:2027-03
    licences US domestic -1
    show pool US domestic            | 180000 total, 179880 used, 0 free
    licences US domestic -1
    show pool US domestic            | 0 total, 179880 used, 0 free
    licences US domestic +1
    licences US domestic -1
    licences US domestic +1
    show pool US domestic            | 180000 total, 179880 used, 0 free
    end c1 30                        | charged 30: 60 US:2027-03
    show pool US domestic            | 180000 total, 179940 used, 60 free
    licences US domestic +1
    show pool US domestic            | 360000 total, 179940 used, 180060 free`,
  )
  scenario(
    'P8: each second belongs to the month in which it was spoken',
    `tenant US 2026-11-30 23:59:00 America/New_York ${DECK}
    user a US
    initial c1 a → +14155550100 ask 600 | granted 60 US:2026-11
    clock +60
    update c1 60 ask 600                | granted 600 US:2026-12
    clock +125
    end c1 125                          | charged 185: 60 US:2026-11 + 180 US:2026-12`,
  )
  scenario(
    'P8: a grant that ends with the month is not the last one, though the pool is dry: the new month begins full',
    `tenant US 2026-11-30 23:59:00 America/New_York ${DECK}
    user a US no-credits
    pool US domestic 60
    initial c1 a → +14155550100 ask 600 | granted 60 US:2026-11
    clock +60
    update c1 60 ask 600                | granted 600 US:2026-12
    end c1 0                            | charged 60: 60 US:2026-11`,
  )
  scenario(
    'P9: 30 s before and 45 s after midnight on the 1st are 60 + 60',
    `tenant US 2026-11-30 23:59:30 America/New_York ${DECK}
    user a US
    initial c1 a → +14155550100 ask 60 | granted 30 US:2026-11
    clock +30
    update c1 30                       | granted 60 US:2026-12
    clock +45
    end c1 45                          | charged 75: 60 US:2026-11 + 60 US:2026-12`,
  )
  scenario(
    'P8: a report that spans midnight is split where the month ends',
    `tenant CU 2026-10-31 23:59:30 America/Havana ${DECK}
    user a US
    initial c1 a → +14155550100 ask 60 | granted 30 US:2026-10
    clock +64
    end c1 64                          | charged 64: 60 US:2026-10 + 60 US:2026-11`,
  )
  scenario(
    'P9: rounded once per call and source, not once per grant; 55 + 31 s are 86 charged and 120 from the pool',
    `${MARCH} ${DECK}
    user a US
    initial c1 a → +14155550100 | granted 60 US:2027-03
    update c1 55                | granted 60 US:2027-03
    end c1 31                   | charged 86: 120 US:2027-03
    initial c2 a → +14155550100 | granted 60 US:2027-03
    update c2 10                | granted 60 US:2027-03
    update c2 10                | granted 60 US:2027-03
    update c2 10                | granted 60 US:2027-03
    end c2 10                   | charged 40: 60 US:2027-03
    show pool US domestic       | 180000 total, 180 used, 179820 free`,
  )
  scenario(
    'P9: the paid tail of an increment is still the caller’s when the pool is dry',
    `${MARCH} ${DECK}
    user a US no-credits
    pool US domestic 60
    initial c1 a → +14155550100 ask 10 | granted 10 US:2027-03
    update c1 10 ask 600               | granted 50 US:2027-03 final
    update c1 50 ask 600               | refused credits-not-permitted
    end c1 0                           | charged 60: 60 US:2027-03`,
  )
  scenario(
    'P3: an unanswered call consumes nothing and gives its hold back',
    `${MARCH} ${DECK}
    user a US
    initial c1 a → +14155550100 | granted 60 US:2027-03
    show pool US domestic       | 180000 total, 0 used, 179940 free
    end c1 0 cause no-answer    | charged 0
    show pool US domestic       | 180000 total, 0 used, 180000 free
    show record c1              | ended 0 no-answer`,
  )
})

describe('W. the wallet', () => {
  scenario(
    'W1: the floor is 0, or the overdraft that the operator signed',
    `${MARCH}
    rate +49 0.10 60/60
    user a US
    fund 0.25
    initial c1 a → +49301234567 ask 600 | granted 120 wallet final
    end c1 120                          | charged 120: 120 wallet 0.20
    initial c2 a → +49301234567 ask 600 | refused credit-limit-reached
    overdraft 0.30
    initial c3 a → +49301234567 ask 600 | granted 180 wallet final
    end c3 180                          | charged 180: 180 wallet 0.30
    show wallet                         | -0.25, -0.25 free
    initial c4 a → +49301234567         | refused credit-limit-reached
    fund 0.20
    initial c5 a → +49301234567 ask 600 | granted 120 wallet final`,
  )
  scenario(
    'W3: the oldest funding is spent first; what is left of it expires a year after its purchase',
    `tenant US 2026-02-10 10:00 America/New_York ${DECK}
    user a US
    fund 0.50
    clock 2026-05-10 10:00
    fund 0.50
    initial c1 a → +49301234567         | granted 60 wallet
    end c1 60                           | charged 60: 60 wallet 0.10
    show wallet                         | 0.90, 0.90 free
    clock 2027-02-10 09:59
    show wallet                         | 0.90, 0.90 free
    clock 2027-02-10 10:00
    show wallet                         | 0.50, 0.50 free
    clock 2027-05-10 10:00
    show wallet                         | 0.00, 0.00 free
    initial c2 a → +49301234567         | refused credit-limit-reached`,
  )
  scenario(
    'W3: a grant made before the expiry may finish on it; a new one may not begin',
    `tenant US 2026-02-10 10:00 America/New_York ${DECK}
    user a US
    fund 0.50
    clock 2027-02-10 09:59:30
    initial c1 a → +49301234567 ask 120 | granted 120 wallet
    clock +60
    show wallet                         | 0.20, 0.00 free
    initial c2 a → +49301234567 ask 60  | refused credit-limit-reached
    update c1 60 ask 120                | refused credit-limit-reached
    end c1 0                            | charged 60: 60 wallet 0.10
    show wallet                         | 0.00, 0.00 free`,
  )
  scenario(
    'W3: 29 February expires on the 28th',
    `tenant US 2028-02-29 10:00 America/New_York
    fund 1.00
    clock 2029-02-28 09:59
    show wallet | 1.00, 1.00 free
    clock 2029-02-28 10:00
    show wallet | 0.00, 0.00 free`,
  )
  scenario(
    'W5: with an empty wallet toll-free calls in are refused; internal and emergency calls go on',
    `${MARCH}
    rate +1800 0.06 60/60 toll-free-in
    user a US
    number a +12125550103
    number toll-free +18005550199
    pool US domestic 0
    initial c1 in +18005550199 from +14155550100 | refused credit-limit-reached
    initial c2 a → 911                           | free emergency
    initial c3 a → +12125550103                  | free internal
    fund 0.06
    initial c4 in +18005550199 from +14155550100 | granted 60 wallet final
    end c4 60                                    | charged 60: 60 wallet 0.06`,
  )
  scenario(
    'W6: a user who may not spend credits is told so',
    `${MARCH} ${DECK}
    user a US no-credits
    fund 50.00
    initial c1 a → +49301234567          | refused credits-not-permitted
    pool US domestic 60
    initial c2 a → +14155550100 ask 300  | granted 60 US:2027-03 final
    update c2 60                         | refused credits-not-permitted
    end c2 0                             | charged 60: 60 US:2027-03`,
  )
})

describe('C. a call', () => {
  scenario(
    'C1: two minutes of the pool, six of credits, connection fee once',
    `tenant US 2026-11-30 22:00 America/New_York
    rate +1 0.06 60/60 fee 0.10
    user alice US
    pool US domestic 120
    fund 1.00
    initial c1 alice → +14155550100 ask 240 | granted 120 US:2026-11 + 120 wallet
    update c1 240 ask 120                   | granted 120 wallet
    update c1 120 ask 120                   | granted 120 wallet
    end c1 120                              | charged 480: 120 US:2026-11 + 360 wallet 0.46
    show wallet                             | 0.54, 0.54 free`,
  )
  scenario(
    'C1: the wallet’s part is a call of its own from its first second: minimum and initial increment count from there',
    `${MARCH}
    rate +1 0.12 30/6 min 60
    user a US
    pool US domestic 60
    fund 1.00
    initial c1 a → +14155550100 ask 61 | granted 60 US:2027-03 + 1 wallet
    end c1 61                          | charged 61: 60 US:2027-03 + 60 wallet 0.12
    initial c2 a → +14155550100 ask 63 | granted 63 wallet
    end c2 63                          | charged 63: 66 wallet 0.132`,
  )
  scenario(
    'C1: a new month’s pool takes over again from the wallet, and the wallet’s fee is not due twice',
    `tenant US 2026-11-30 23:58 America/New_York
    rate +1 0.06 60/60 fee 0.10
    user alice US
    pool US domestic 60
    fund 1.00
    initial c1 alice → +14155550100 ask 300 | granted 60 US:2026-11 + 60 wallet
    clock +120
    licences US domestic -1
    update c1 120 ask 60                    | granted 60 wallet
    clock +60
    licences US domestic +1
    update c1 60 ask 60                     | granted 60 US:2026-12
    clock +60
    end c1 60                               | charged 240: 60 US:2026-11 + 120 wallet 0.22 + 60 US:2026-12`,
  )
  scenario(
    'C2: parallel calls share what is left; the sum of grants never exceeds it',
    `${MARCH} ${DECK}
    user a US no-credits
    pool US domestic 150
    initial c1 a → +14155550100 ask 60 | granted 60 US:2027-03
    initial c2 a → +14155550100 ask 60 | granted 60 US:2027-03 final
    initial c3 a → +14155550100 ask 60 | refused credits-not-permitted
    end c1 0                           | charged 0
    initial c4 a → +14155550100 ask 60 | granted 60 US:2027-03 final
    end c2 60                          | charged 60: 60 US:2027-03
    end c4 60                          | charged 60: 60 US:2027-03
    show pool US domestic              | 180000 total, 179970 used, 30 free`,
  )
  scenario(
    'C2: credits are shared to the millionth',
    `${MARCH}
    rate +33 0.333333 1/1
    user a US
    fund 0.333333
    initial c1 a → +33142685300 ask 30 | granted 30 wallet
    initial c2 a → +33142685300 ask 31 | granted 29 wallet final
    end c1 30                          | charged 30: 30 wallet 0.166667
    end c2 29                          | charged 29: 29 wallet 0.161111
    show wallet                        | 0.005555, 0.005555 free`,
  )
  scenario(
    'C3: the last grant says so; a top-up in mid-call lets it go on',
    `${MARCH} ${DECK}
    user a US
    fund 0.20
    initial c1 a → +49301234567 ask 60 | granted 60 wallet
    update c1 60                       | granted 60 wallet final
    fund 0.10
    update c1 60                       | granted 60 wallet final
    update c1 60                       | refused credit-limit-reached
    fund 0.10
    update c1 0                        | granted 60 wallet final
    end c1 30                          | charged 210: 240 wallet 0.40`,
  )
  scenario(
    'C4: unrated is refused with a reason, premium unless the deck sells it, toll-free out is free',
    `${MARCH} ${DECK}
    user a US
    user g GB
    fund 100.00
    initial c1 a → +81312345678 | refused rate-missing
    initial c2 a → +19002345678 | refused destination-barred
    initial c3 a → +18002345678 | free toll-free-out
    end c3 300                  | charged 300
    initial c4 a → 12345        | refused invalid-number
    rate +1900 2.00 60/60 kind premium
    initial c5 a → +19002345678 | granted 60 wallet
    end c5 61                   | charged 61: 120 wallet 4.00
    initial c6 g → +449012345678 | refused destination-barred
    show pool US domestic       | 180000 total, 0 used, 180000 free`,
  )
  scenario(
    'C5: emergency calls pass without licence, user or money',
    `${MARCH}
    user a US no-licence
    user g GB no-credits
    initial c1 a → 911          | free emergency
    initial c2 a → 112          | free emergency
    initial c3 g → 999          | free emergency
    initial c4 nobody → 911     | free emergency
    end c1 300                  | charged 300
    show record c1              | ended 300 caller-hung-up
    show record c4              | no record`,
  )
  scenario(
    'C9: duplicates, other bodies and overtaken messages change nothing',
    `${MARCH} ${DECK}
    user a US
    initial c1 a → +14155550100 | granted 60 US:2027-03
    again c1                    | the same bytes
    reuse c1                    | 409 request-reused
    update c1 30                | granted 60 US:2027-03
    again c1                    | the same bytes
    lose c1
    update c1 30                | granted 60 US:2027-03
    overtaken c1 2              | 409 request-out-of-order
    end c1 30                   | charged 90: 120 US:2027-03
    again c1                    | the same bytes
    reuse c1                    | 409 request-reused
    update c1 30                | 409 session-ended
    show pool US domestic       | 180000 total, 120 used, 179880 free`,
  )
  scenario(
    'C9: a silent call is closed at 2 × validity + 5 s with what was reported; its late end is still settled',
    `${MARCH} ${DECK}
    user a US
    pool US domestic 600
    initial c1 a → +14155550100 ask 60 | granted 60 US:2027-03
    clock +30
    update c1 30 ask 120               | granted 120 US:2027-03
    clock +244
    show pool US domestic              | 180000 total, 179460 used, 420 free
    show record c1                     | no record
    clock +1
    show record c1                     | ended 30 switch-silent
    show pool US domestic              | 180000 total, 179460 used, 540 free
    update c1 60                       | 409 session-ended
    clock +3600
    end c1 100 late 3700               | charged 130: 180 US:2027-03
    show record c1                     | ended 130 caller-hung-up
    again c1                           | the same bytes`,
  )
  scenario(
    'C9: after 24 hours it is too late',
    `${MARCH} ${DECK}
    user a US
    initial c1 a → +14155550100 ask 60 | granted 60 US:2027-03
    clock +125
    clock +86401
    end c1 60                          | 409 session-ended
    show record c1                     | ended 0 switch-silent`,
  )
  scenario(
    'C9: two minutes beyond the grant are paid from what is free, the rest is ours',
    `${MARCH} ${DECK}
    user a US
    pool US domestic 600
    initial c1 a → +14155550100 ask 60 | granted 60 US:2027-03
    end c1 200                         | charged 200: 180 US:2027-03
    show record c1                     | ended 200 caller-hung-up, 20 ours
    pool US domestic 120
    fund 0.10
    initial c2 a → +14155550100 ask 60 | granted 60 US:2027-03
    initial c3 a → +14155550100 ask 60 | granted 60 US:2027-03
    end c2 150                         | charged 150: 60 US:2027-03 + 60 wallet 0.10
    show record c2                     | ended 150 caller-hung-up, 30 ours
    end c3 60                          | charged 60: 60 US:2027-03
    show wallet                        | 0.00, 0.00 free`,
  )
  scenario(
    'C9: seconds of a month that has closed meanwhile are paid by the wallet, not by us',
    `tenant US 2026-11-30 23:58 America/New_York ${DECK}
    user a US
    fund 1.00
    initial c1 a → +14155550100 ask 60 | granted 60 US:2026-11
    clock 2026-12-01 00:02
    show record c1                     | ended 0 switch-silent
    end c1 90 late 120                 | charged 90: 120 wallet 0.20
    show wallet                        | 0.80, 0.80 free`,
  )
  scenario(
    'C6: a policy bars what it does not allow',
    `${MARCH} ${DECK}
    user a US policy DialoutCPCDisabledPSTNDisabled
    fund 50.00
    number a +12125550104
    initial c1 a → +12125550104 | free internal
    initial c2 a → 911          | free emergency`,
  )
})

describe('R. rates', () => {
  scenario(
    'R2: the price is fixed when the call is authorised',
    `${MARCH}
    rate +49 0.10 60/60
    user a US
    fund 20.00
    initial c1 a → +49301234567 | granted 60 wallet
    rate +4930 9.00 60/60
    update c1 60                | granted 60 wallet
    initial c2 a → +49301234567 | granted 60 wallet
    end c1 60                   | charged 120: 120 wallet 0.20
    end c2 1                    | charged 1: 60 wallet 9.00`,
  )
})
