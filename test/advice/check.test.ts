import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { certificateText, ratedCalls } from '../../src/advice/certificate-file.ts'
import { check } from '../../src/advice/check/check.ts'
import { CheckFault } from '../../src/advice/check/rated-calls.ts'
import { advise } from '../../src/core/advice/advise.ts'
import type { AdviceInput } from '../../src/core/advice/types.ts'
import { randomInput } from './random-input.ts'

const SEED = Number(process.env.ADVICE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000)

async function* inChunks(text: string, size = 1 << 16): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size)
}

const filesOf = (input: AdviceInput): { certificate: string; calls: string } => ({
  certificate: certificateText(advise(input), input),
  calls: [...ratedCalls(input)].join(''),
})

const verdictOf = async (certificate: string, calls: string): Promise<string> => {
  try {
    return (await check(certificate, inChunks(calls))).result
  } catch (error) {
    if (error instanceof CheckFault) return 'fault'
    throw error
  }
}

test('every certificate is accepted, with the same cost and the same bound', async () => {
  for (let i = 0; i < 400; i++) {
    const input = randomInput(SEED * 10_000 + i)
    const advice = advise(input)
    const verdict = await check(certificateText(advice, input), inChunks([...ratedCalls(input)].join(''), 1000))
    const { total } = advice.costs
    expect(verdict, `ADVICE_SEED=${SEED}, case ${i}`).toMatchObject({
      result: 'proven',
      cost: total,
      bound: total,
      calls: input.calls.length,
    })
  }
}, 300_000)

/** A tenant with something of everything in its proof. */
function rich(method: 'table' | 'prices' | 'tree'): AdviceInput {
  for (let seed = 1; seed < 5_000; seed++) {
    const input = randomInput(seed)
    if (input.calls.length < 40) continue
    const advice = advise(input)
    if (advice.countries.some((answer) => answer.method === method && answer.basket.holders.length > 0)) return input
  }
  throw new Error(`no tenant whose proof is of ${method}`)
}

interface Loose {
  [key: string]: unknown
}

/** Every number, text and list of the certificate is changed, one at a time. */
function* changes(
  value: unknown,
  path: string,
  set: (to: unknown) => void,
): Generator<{ path: string; apply: () => () => void }> {
  const change = (to: unknown): { path: string; apply: () => () => void } => ({
    path,
    apply: () => {
      set(to)
      return () => set(value)
    },
  })
  if (typeof value === 'number') yield change(value + 1)
  else if (typeof value === 'string' && /^\d+$/.test(value)) yield change(String(BigInt(value) + 1n))
  else if (Array.isArray(value)) {
    if (value.length > 0) yield change(value.slice(0, -1))
    for (const [i, item] of value.entries())
      yield* changes(item, `${path}[${i}]`, (to) => {
        value[i] = to
      })
  } else if (value !== null && typeof value === 'object') {
    const loose = value as Loose
    for (const key of Object.keys(loose))
      yield* changes(loose[key], `${path}.${key}`, (to) => {
        loose[key] = to
      })
  }
}

describe('a certificate that was tampered with is never accepted for a wrong claim', () => {
  test.each(['table', 'prices', 'tree'] as const)('%s: any single change', async (method) => {
    const { certificate, calls } = filesOf(rich(method))
    const loose = JSON.parse(certificate) as Loose & { cost: string; bound: string }
    expect(await verdictOf(certificate, calls)).toBe('proven')
    const honest = loose.cost
    let refused = 0
    let harmless = 0
    for (const { path, apply } of changes(loose, '', () => {})) {
      const undo = apply()
      const verdict = await verdictOf(JSON.stringify(loose), calls)
      undo()
      if (verdict !== 'proven') {
        refused++
        continue
      }
      // Changed multipliers may prove the same, and what is not claimed may say anything; what the basket is and costs may not.
      harmless++
      expect(path).toMatch(/^\.(proofs|users|rules|months|prices|costs|basket|withoutPlan)/)
      expect(loose.cost).toBe(honest)
    }
    expect(refused).toBeGreaterThan(harmless / 4)
    for (const key of ['cost', 'bound'] as const) {
      for (const by of [-1n, 1n]) {
        const changed = { ...loose, [key]: String(BigInt(loose[key]) + by) }
        expect(await verdictOf(JSON.stringify(changed), calls), `${key} ${by}`).not.toBe('proven')
      }
    }
  })

  test('a cheaper claim with a basket to match is wrong, and so is a holder more or less', async () => {
    const { certificate, calls } = filesOf(rich('tree'))
    const value = JSON.parse(certificate) as { basket: { countries: { holders: number[]; idleHolders: number }[] } }
    for (const country of value.basket.countries) {
      const { holders } = country
      country.holders = holders.slice(1)
      if (holders.length > 0) expect(await verdictOf(JSON.stringify(value), calls)).not.toBe('proven')
      country.holders = holders
      country.idleHolders++
      expect(await verdictOf(JSON.stringify(value), calls)).not.toBe('proven')
      country.idleHolders--
    }
  })

  test('a call more, a call less, a second more, another price', async () => {
    const { certificate, calls } = filesOf(rich('prices'))
    const lines = calls.trimEnd().split('\r\n')
    const at = lines.findIndex((line) => line.includes(',credits,') && !line.includes(',0,') && !line.endsWith(',,,,'))
    expect(at).toBeGreaterThan(0)
    const line = lines[at] ?? ''
    const longer = line.replace(/,credits,(\d+),/, (_, seconds: string) => `,credits,${Number(seconds) + 90},`)
    const dearer = line.replace(
      /,(\d+),(\d+),(\d+),(\d+),(\d+)$/,
      (_, fee: string, ...rest: string[]) => `,${Number(fee) + 1},${rest.slice(0, 4).join(',')}`,
    )
    for (const other of [[line, line], [], [longer], [dearer]]) {
      const changed = lines.toSpliced(at, 1, ...other).join('\r\n')
      expect(await verdictOf(certificate, changed), String(other)).toBe('wrong')
    }
  })
})

test('files that are not what they should be are named', async () => {
  const { certificate, calls } = filesOf(rich('table'))
  await expect(check('{', inChunks(calls))).rejects.toThrow(CheckFault)
  await expect(check('{}', inChunks(calls))).rejects.toThrow('ringfence-advice/1')
  await expect(check(certificate, inChunks(''))).rejects.toThrow('empty')
  await expect(check(certificate, inChunks('a,b\n1,2\n'))).rejects.toThrow('line 1')
  await expect(check(certificate, inChunks(`${calls}nonsense\r\n`))).rejects.toThrow(/line \d+ is not a rated call/)
})

test('keys with commas, quotes and line breaks come back as they were', async () => {
  const drawn = rich('table')
  const users = drawn.users.map((user, i) => ({ ...user, key: `"O'Neil", ${i}\nécole` }))
  const { certificate, calls } = filesOf({ ...drawn, users })
  for (const size of [1, 7, 100_000]) expect((await check(certificate, inChunks(calls, size))).result).toBe('proven')
})

describe('npm run ringfence -- check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-check-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  const ringfence = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const all = ['--import', 'tsx', 'src/cli/ringfence.ts', ...args]
      execFile(process.execPath, all, { env: { ...process.env, LANG: 'C' } }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err })
      })
    })

  test('a verdict in both languages, and an exit code for scripts', async () => {
    const { certificate, calls } = filesOf(rich('tree'))
    const [good, bad, list] = ['out.json', 'bad.json', 'rated.csv'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const { cost } = JSON.parse(certificate) as { cost: string }
    writeFileSync(good, certificate)
    writeFileSync(bad, certificate.replaceAll(`"${cost}"`, `"${BigInt(cost) - 1n}"`))
    writeFileSync(list, calls)
    expect(await ringfence('check', good, list)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Right: nothing cheaper exists.'),
    })
    expect(await ringfence('check', good, list, '--lang', 'fr')).toMatchObject({
      code: 0,
      out: expect.stringContaining('il n’existe rien de moins cher'),
    })
    expect(await ringfence('check', bad, list)).toMatchObject({ code: 1, out: expect.stringContaining('Wrong') })
    const json = await ringfence('check', good, list, '--json')
    expect(JSON.parse(json.out)).toMatchObject({ result: 'proven', currency: 'CAD' })
    expect(await ringfence('check', join(folder, 'none.json'), list)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Cannot be checked'),
    })
  }, 120_000)

  test('the sample of the repository: advised, and checked from the same file', async () => {
    const out = join(folder, 'sample.json')
    const advised = await ringfence('advise', 'samples/Calls.Export.zip', '--country', 'CA', '--certificate', out)
    expect(advised, advised.err).toMatchObject({ code: 0 })
    const checked = await ringfence('check', out, 'samples/Calls.Export.zip')
    expect(checked, checked.err).toMatchObject({ code: 0, out: expect.stringContaining('nothing cheaper exists') })
  }, 120_000)
})
