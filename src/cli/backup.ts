/**
 * `npm run ringfence -- backup /backup` beside a server at work, and `restore` the way back: a copy is worth what its restore is, so
 * `restore --drill` does all of it beside the backup, audits the books there, and removes it again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { Language } from '../core/problems.ts'
import { BackupFault, backUp, keepLatest, restore } from '../postgres/backup.ts'
import { auditDatabase } from './audit.ts'
import { databaseUrlOf, type Env, homeOf, languageOption, withDatabase } from './installation.ts'
import { OPERATOR_WORDS, type OperatorWords } from './operator-words.ts'

const EXIT_FAULT = 2
const REPORT_EVERY_MS = 2000

const readCount = (text: string): number => {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 10_000) throw new InvalidArgumentError('1 to 10000')
  return count
}

interface BackupOptions {
  readonly keep?: number
  readonly lang: Language
}

export function backupCommand(env: Env): Command {
  return new Command('backup')
    .description(
      'Copies the whole installation to a new folder while it is at work: database, secrets, mails, journals.',
    )
    .argument('<folder>', 'where backups are, one folder each')
    .option('--keep <count>', 'remove all but the latest so many of this installation', readCount)
    .addOption(languageOption(env))
    .action(async (folder: string, options: BackupOptions) => {
      process.exitCode = await told(options.lang, (words) => runBackup(env, folder, options, words))
    })
}

async function runBackup(env: Env, target: string, options: BackupOptions, words: OperatorWords): Promise<number> {
  if (databaseUrlOf(env) !== null) {
    process.stderr.write(`${words.ownDatabase}\n`)
    return EXIT_FAULT
  }
  const began = Date.now()
  const { folder, backup } = await backUp({
    home: homeOf(env),
    target,
    now: new Date(began),
    onBytes: progress(words),
  })
  const bytes = backup.files.reduce((total, file) => total + file.bytes, 0)
  const seconds = ((Date.now() - began) / 1000).toLocaleString(words.locale, { maximumFractionDigits: 1 })
  print(words.backedUp(folder, backup.files.length.toLocaleString(words.locale), sizeOf(bytes, words), seconds))
  if (options.keep !== undefined) {
    const removed = keepLatest(target, options.keep, backup.systemIdentifier, new Date())
    if (removed.length > 0) print(words.removed(removed.join(', ')))
  }
  return 0
}

interface RestoreOptions {
  readonly home?: string
  readonly drill?: boolean
  readonly lang: Language
}

export function restoreCommand(env: Env): Command {
  return new Command('restore')
    .description(
      'Makes an installation from a backup: compares each file, starts its database, audits its books, stops it.',
    )
    .argument('<backup>', 'what `backup` has made')
    .option('--home <folder>', 'where to, a folder that does not exist yet; else RINGFENCE_HOME')
    .option('--drill', 'only to see that it can be done: beside the backup, and removed again')
    .addOption(languageOption(env))
    .action(async (folder: string, options: RestoreOptions) => {
      process.exitCode = await told(options.lang, (words) => runRestore(env, resolve(folder), options, words))
    })
}

async function runRestore(env: Env, folder: string, options: RestoreOptions, words: OperatorWords): Promise<number> {
  const drill = options.drill ? mkdtempSync(join(dirname(folder), '.drill-')) : null
  try {
    const home = drill === null ? resolve(options.home ?? homeOf(env)) : join(drill, 'home')
    const { endedAt } = await restore({ folder, home, onBytes: progress(words) })
    const at = new Date(endedAt).toLocaleString(words.locale, { dateStyle: 'long', timeStyle: 'long' })
    if (drill === null) print(words.restored(home, at))
    const code = await withDatabase(home, (url) => auditDatabase(url, options))
    print(drill === null ? words.startIt(home) : words.drill(folder))
    return code
  } finally {
    if (drill !== null) rmSync(drill, { recursive: true })
  }
}

async function told(language: Language, act: (words: OperatorWords) => Promise<number>): Promise<number> {
  const words = OPERATOR_WORDS[language]
  try {
    return await act(words)
  } catch (error) {
    if (!(error instanceof BackupFault)) throw error
    process.stderr.write(`${words.fault[error.code](error.subject)}\n`)
    return EXIT_FAULT
  }
}

/** A line now and then where somebody watches, and none in the log of a timer. */
function progress(words: OperatorWords): (bytes: number) => void {
  if (!process.stderr.isTTY) return () => undefined
  let [total, toldAt] = [0, Date.now()]
  return (bytes) => {
    total += bytes
    if (Date.now() - toldAt < REPORT_EVERY_MS) return
    toldAt = Date.now()
    process.stderr.write(`${words.copying(sizeOf(total, words))}\n`)
  }
}

const sizeOf = (bytes: number, words: OperatorWords): string =>
  (bytes / 1e6).toLocaleString(words.locale, {
    style: 'unit',
    unit: 'megabyte',
    maximumFractionDigits: bytes < 1e7 ? 1 : 0,
  })

const print = (line: string): void => void process.stdout.write(`${line}\n`)
