/**
 * Numbers that a demonstration can sell: of those that the plans keep for fiction, so that none of them is anybody's. North America:
 * 555-01xx in each area code (others than those of the people in the demonstration's history), 555-0199 in toll-free codes; Britain: the ranges that Ofcom names for drama.
 */
const NORTH_AMERICA: readonly (readonly [areaCode: string, country: 'CA' | 'US', city: string])[] = [
  ['587', 'CA', 'Calgary'],
  ['438', 'CA', 'Montreal'],
  ['647', 'CA', 'Toronto'],
  ['778', 'CA', 'Vancouver'],
  ['431', 'CA', 'Winnipeg'],
  ['872', 'US', 'Chicago'],
  ['469', 'US', 'Dallas'],
  ['323', 'US', 'Los Angeles'],
  ['646', 'US', 'New York'],
  ['206', 'US', 'Seattle'],
]

const TOLL_FREE: readonly (readonly [code: string, country: 'CA' | 'US'])[] = [
  ['833', 'CA'],
  ['877', 'CA'],
  ['888', 'CA'],
  ['800', 'US'],
  ['844', 'US'],
  ['855', 'US'],
  ['866', 'US'],
]

const BRITAIN: readonly (readonly [areaCode: string, block: string, city: string])[] = [
  ['121', '496', 'Birmingham'],
  ['117', '496', 'Bristol'],
  ['113', '496', 'Leeds'],
  ['20', '7946', 'London'],
  ['161', '496', 'Manchester'],
]

/** The CSV of the demonstration's stock, as an operator would import it. */
export function demoNumberStockCsv(): string {
  const lines = ['from,to,carrier,country,type,city,areaCode']
  for (const [code, country, city] of NORTH_AMERICA) {
    const carrier = country === 'CA' ? 'Maple Carrier' : 'Liberty Carrier'
    lines.push(`+1${code}5550100,+1${code}5550169,${carrier},${country},user,${city},${code}`)
    lines.push(`+1${code}5550170,+1${code}5550199,${carrier},${country},service-toll,${city},${code}`)
  }
  for (const [code, country] of TOLL_FREE) {
    const carrier = country === 'CA' ? 'Maple Carrier' : 'Liberty Carrier'
    lines.push(`+1${code}5550199,,${carrier},${country},service-toll-free,,${code}`)
  }
  for (const [code, block, city] of BRITAIN) {
    lines.push(`+44${code}${block}0200,+44${code}${block}0349,Albion Carrier,GB,user,${city},${code}`)
    lines.push(`+44${code}${block}0900,+44${code}${block}0949,Albion Carrier,GB,service-toll,${city},${code}`)
  }
  lines.push('+448081570100,+448081570149,Albion Carrier,GB,service-toll-free,,808')
  return `${lines.join('\n')}\n`
}
