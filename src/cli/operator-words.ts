/** What `ringfence audit`, `backup` and `restore` say, in both languages; French has the same keys as English by type. */
import type { Language } from '../core/problems.ts'
import type { BackupFault } from '../postgres/backup.ts'
import type { AuditDifference } from '../store/audit.ts'

const en = {
  locale: 'en',
  tenant: (name: string, postings: string, calls: string) =>
    `${name}: balanced. Postings: ${postings}; calls: ${calls}.`,
  tenantWrong: (name: string, count: string) => `${name}: NOT balanced, ${count} differences:`,
  difference: (account: string, what: string, actual: string, expected: string) =>
    `  ${account}: ${what} is ${actual}, and ${expected} by the postings`,
  what: {
    'no-account': 'an account that does not exist',
    posted: 'the balance',
    spent: 'what was spent',
    reserved: 'what calls hold',
    'below-floor': 'the balance, below its floor,',
    licences: 'what licences have given',
    sum: 'the sum',
    charge: 'the charge',
  } satisfies Record<AuditDifference['what'], string>,
  allBalanced: (count: string) => `${count} audited: every second and every cent adds up.`,
  someWrong: (count: string, of: string) => `NOT balanced: ${count} of ${of}.`,
  organisations: (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'organisation' : 'organisations'}`,
  noTenant: (text: string) => `There is no organisation ${text}. Its id begins with ten_.`,
  noDatabase: (home: string) => `There is no database in ${home}. Set RINGFENCE_HOME, or DATABASE_URL.`,
  schema: {
    older:
      'The database is of an older Ringfence. Start the server once, which brings it up to date; then audit again.',
    newer: 'The database is of a newer Ringfence. Use that one.',
  },
  ownDatabase:
    'DATABASE_URL names a PostgreSQL of your own: back it up by its own tools (pg_basebackup, pg_dump, WAL archiving), and copy RINGFENCE_HOME beside it.',
  copying: (size: string) => `${size} copied`,
  backedUp: (folder: string, files: string, size: string, seconds: string) =>
    `Backed up to ${folder}: ${files} files, ${size}, ${seconds} s.`,
  removed: (names: string) => `Removed: ${names}`,
  restored: (home: string, at: string) => `Restored to ${home}, as it was on ${at}. Every file is what it was.`,
  startIt: (home: string) => `Start it: RINGFENCE_HOME=${home} npm start`,
  drill: (folder: string) => `Restored beside ${folder}, started and audited; what was tried is removed again.`,
  fault: {
    'not-running': (home: string) =>
      `No database runs on ${home}. Start the server, or copy the folder as it is (cp -a).`,
    'no-backup': (folder: string) => `${folder} is no backup of Ringfence: there is no backup.json in it.`,
    'other-format': (file: string) => `${file} cannot be read, or was written by a newer Ringfence.`,
    rotten: (path: string) => `This backup is damaged: ${path} is not what was backed up. Nothing was restored.`,
    'not-empty': (home: string) =>
      `${home} is not empty. Restore to a folder that does not exist yet: --home <folder>.`,
  } satisfies Record<BackupFault['code'], (subject: string) => string>,
}

export type OperatorWords = typeof en

const fr: OperatorWords = {
  locale: 'fr-CA',
  tenant: (name, postings, calls) =>
    `${name}\u00a0: comptes équilibrés. Écritures\u00a0: ${postings}\u202f; appels\u00a0: ${calls}.`,
  tenantWrong: (name, count) => `${name}\u00a0: comptes NON équilibrés, ${count} écarts\u00a0:`,
  difference: (account, what, actual, expected) =>
    `  ${account}\u00a0: ${what} est de ${actual}, et de ${expected} d’après les écritures`,
  what: {
    'no-account': 'un compte qui n’existe pas',
    posted: 'le solde',
    spent: 'la somme dépensée',
    reserved: 'ce que retiennent les appels',
    'below-floor': 'le solde, sous son plancher,',
    licences: 'ce que les licences ont donné',
    sum: 'la somme',
    charge: 'le prix',
  },
  allBalanced: (count) => `Vérification de ${count}\u00a0: chaque seconde et chaque cent concordent.`,
  someWrong: (count, of) => `NON équilibrés\u00a0: les comptes de ${count} sur ${of}.`,
  organisations: (count) => `${count.toLocaleString('fr-CA')} ${count > 1 ? 'organisations' : 'organisation'}`,
  noTenant: (text) => `Il n’y a pas d’organisation ${text}. Son identifiant commence par ten_.`,
  noDatabase: (home) => `Il n’y a pas de base de données dans ${home}. Indiquer RINGFENCE_HOME ou DATABASE_URL.`,
  schema: {
    older:
      'La base de données est d’un Ringfence plus ancien. Démarrer une fois le serveur, qui la met à jour, puis vérifier de nouveau.',
    newer: 'La base de données est d’un Ringfence plus récent. Utiliser celui-là.',
  },
  ownDatabase:
    'DATABASE_URL désigne un PostgreSQL à vous\u00a0: le sauvegarder par ses propres outils (pg_basebackup, pg_dump, archivage des journaux), et copier RINGFENCE_HOME à côté.',
  copying: (size) => `${size} copiés`,
  backedUp: (folder, files, size, seconds) =>
    `Sauvegardé dans ${folder}\u00a0: ${files} fichiers, ${size}, ${seconds}\u00a0s.`,
  removed: (names) => `Supprimé\u00a0: ${names}`,
  restored: (home, at) => `Restauré dans ${home}, tel qu’il était le ${at}. Chaque fichier est ce qu’il était.`,
  startIt: (home) => `Le démarrer\u00a0: RINGFENCE_HOME=${home} npm start`,
  drill: (folder) => `Restauré à côté de ${folder}, démarré et vérifié\u00a0; l’essai est supprimé.`,
  fault: {
    'not-running': (home) =>
      `Aucune base de données ne tourne sur ${home}. Démarrer le serveur, ou copier le dossier tel quel (cp -a).`,
    'no-backup': (folder) =>
      `${folder} n’est pas une sauvegarde de Ringfence\u00a0: il n’y a pas de backup.json dedans.`,
    'other-format': (file) => `${file} est illisible, ou écrit par un Ringfence plus récent.`,
    rotten: (path) =>
      `Cette sauvegarde est endommagée\u00a0: ${path} n’est pas ce qui a été sauvegardé. Rien n’a été restauré.`,
    'not-empty': (home) =>
      `${home} n’est pas vide. Restaurer dans un dossier qui n’existe pas encore\u00a0: --home <dossier>.`,
  },
}

export const OPERATOR_WORDS: Readonly<Record<Language, OperatorWords>> = { en, fr }
