/**
 * What a harness wants done after each test, and at the end of the file, whoever calls it and when. Vitest forgets a hook that is
 * registered while another one (`beforeAll`) runs, without a word; these are kept here, and `setup.ts` runs them.
 */
type Act = () => unknown

const eachTime: Act[] = []
const atTheEnd: Act[] = []
let failed = false

/** After each test from now on. What throws fails the test. */
export const afterEachTest = (act: Act): void => void eachTime.push(act)

/** After the last test of the file and its own hooks; what was registered last goes first. */
export const afterLastTest = (act: Act): void => void atTheEnd.push(act)

/** Has a test of this file failed until now? */
export const hasTestFailed = (): boolean => failed

export async function testHasEnded(state: string | undefined): Promise<void> {
  failed ||= state === 'fail'
  try {
    for (const act of eachTime) await act()
  } catch (error) {
    failed = true
    throw error
  }
}

export async function fileHasEnded(): Promise<void> {
  for (const act of atTheEnd.toReversed()) await act()
}
