/** What `ringfence advise` says on a terminal, in both languages; the advice itself has words of its own. */
import type { LayoutName } from '../advice/import/layout.ts'
import type { SourceError } from '../advice/import/source.ts'
import type { Language } from '../core/problems.ts'

export interface AdviseWords {
  readonly language: Language
  readonly layouts: Readonly<Record<LayoutName, string>>
  readonly source: Readonly<Record<SourceError['code'], string>>
  readonly file: (name: string, layout: string, lines: number) => string
  readonly counted: (calls: number, users: number, seconds: string) => string
  readonly localTimes: (lines: number) => string
  readonly noWholeMonth: string
  readonly noFile: string
  readonly unknownLayout: (file: string, header: string, missing: string) => string
  readonly badRates: (count: number, line: number, message: string) => string
  readonly price: (perMonth: string, total: string, months: number) => string
  readonly proof: string
  readonly foundIn: (seconds: string) => string
  readonly holders: string
  readonly dontBuy: string
  readonly recharge: string
  readonly changes: string
  readonly tests: string
  readonly notes: string
  readonly madeUpRates: string
  readonly setAside: string
  readonly whichLines: string
  readonly certificate: (file: string) => string
  readonly kept: (file: string) => string
  readonly notKept: (file: string) => string
  readonly wentOn: (before: string, after: string) => string
}

const en: AdviseWords = {
  language: 'en',
  layouts: {
    'usage-export': 'export of the usage report',
    asterisk: 'Asterisk call records',
    'asterisk-custom': 'Asterisk call records (cdr-custom)',
    freeswitch: 'FreeSWITCH call records',
    'freeswitch-opencdrrate': 'FreeSWITCH call records (opencdrrate)',
    'kamailio-acc': 'Kamailio accounting',
    'kamailio-cdrs': 'Kamailio call records',
    plain: 'plain list',
  },
  source: {
    'zip-bomb': 'This file would unpack without end',
    'zip-broken': 'The zip file is damaged',
    'zip-encrypted': 'The zip file has a password',
    'no-records': 'There is no CSV file in the zip',
  },
  file: (name, layout, lines) => `${name}: ${layout}, ${lines.toLocaleString('en-GB')} lines`,
  counted: (calls, users, seconds) =>
    `${calls.toLocaleString('en-GB')} calls of ${users.toLocaleString('en-GB')} people, read in ${seconds} s`,
  localTimes: (lines) => `${lines.toLocaleString('en-GB')} times name no zone; --zone says whose clock it was.`,
  noWholeMonth: 'There is no month with calls in these files, so there is nothing to advise on.',
  noFile: 'The file is not there',
  unknownLayout: (file, header, missing) =>
    `${file}: not a list of calls that is known. Its first line: ${header || '(none)'}. Missing: ${missing}. Say which column is which: --column user=… number=… time=… seconds=…`,
  badRates: (count, line, message) => `The rate deck has ${count} errors. Line ${line}: ${message}`,
  price: (perMonth, total, months) =>
    `${perMonth} a month for licences and plans; ${total} with credits over ${months} ${months === 1 ? 'month' : 'months'}`,
  proof: 'Proof',
  foundIn: (seconds) => `Found in ${seconds} s.`,
  holders: 'Who should hold the International plan',
  dontBuy: 'Do not buy',
  recharge: 'Credits',
  changes: 'What would change the answer',
  tests: 'How far to trust it',
  notes: 'What to know',
  madeUpRates: 'Rates are the made-up ones of the demonstration: give your own with --rates.',
  setAside: 'Not in this answer',
  whichLines: '--verdicts <file> writes which lines, and why.',
  certificate: (file) =>
    `The certificate is in ${file}; check it with: npm run ringfence -- check ${file} <the same files>`,
  kept: (file) => `The search is kept in ${file}; go on with: npm run ringfence -- continue ${file}`,
  notKept: (file) => `${file} is no search that this release has kept; begin again with: npm run ringfence -- advise`,
  wentOn: (before, after) =>
    `The search went on where it was: at most ${before} could still be found then, ${after} now.`,
}

const fr: AdviseWords = {
  language: 'fr',
  layouts: {
    'usage-export': 'export du rapport d’utilisation',
    asterisk: 'journal d’appels Asterisk',
    'asterisk-custom': 'journal d’appels Asterisk (cdr-custom)',
    freeswitch: 'journal d’appels FreeSWITCH',
    'freeswitch-opencdrrate': 'journal d’appels FreeSWITCH (opencdrrate)',
    'kamailio-acc': 'comptabilité Kamailio',
    'kamailio-cdrs': 'journal d’appels Kamailio',
    plain: 'liste simple',
  },
  source: {
    'zip-bomb': 'Ce fichier se décompresserait sans fin',
    'zip-broken': 'Le fichier zip est endommagé',
    'zip-encrypted': 'Le fichier zip a un mot de passe',
    'no-records': 'Le zip ne contient aucun fichier CSV',
  },
  file: (name, layout, lines) => `${name}\u00a0: ${layout}, ${lines.toLocaleString('fr-FR')} lignes`,
  counted: (calls, users, seconds) =>
    `${calls.toLocaleString('fr-FR')} appels de ${users.toLocaleString('fr-FR')} personnes, lus en ${seconds.replace('.', ',')}\u00a0s`,
  localTimes: (lines) =>
    `${lines.toLocaleString('fr-FR')} heures sans fuseau\u202f; --zone dit de quelle horloge il s’agit.`,
  noWholeMonth: 'Ces fichiers ne contiennent aucun mois avec des appels\u202f: il n’y a rien à conseiller.',
  noFile: 'Le fichier est introuvable',
  unknownLayout: (file, header, missing) =>
    `${file}\u00a0: liste d’appels inconnue. Première ligne\u00a0: ${header || '(aucune)'}. Il manque\u00a0: ${missing}. Indiquez les colonnes\u00a0: --column user=… number=… time=… seconds=…`,
  badRates: (count, line, message) => `La grille tarifaire contient ${count} erreurs. Ligne ${line}\u00a0: ${message}`,
  price: (perMonth, total, months) =>
    `${perMonth} par mois pour les licences et les forfaits\u202f; ${total} avec les crédits, sur ${months} mois`,
  proof: 'Preuve',
  foundIn: (seconds) => `Trouvé en ${seconds.replace('.', ',')}\u00a0s.`,
  holders: 'À qui attribuer le forfait international',
  dontBuy: 'À ne pas acheter',
  recharge: 'Crédits',
  changes: 'Ce qui changerait la réponse',
  tests: 'Jusqu’où s’y fier',
  notes: 'À savoir',
  madeUpRates: 'Les tarifs sont ceux, inventés, de la démonstration\u00a0: donnez les vôtres avec --rates.',
  setAside: 'Hors de cette réponse',
  whichLines: '--verdicts <fichier> écrit lesquelles et pourquoi.',
  certificate: (file) =>
    `Le certificat se trouve dans ${file}\u202f; pour le vérifier\u00a0: npm run ringfence -- check ${file} <les mêmes fichiers>`,
  kept: (file) =>
    `La recherche est gardée dans ${file}\u202f; pour la reprendre\u00a0: npm run ringfence -- continue ${file}`,
  notKept: (file) =>
    `${file} n’est pas une recherche gardée par cette version\u202f; recommencez\u00a0: npm run ringfence -- advise`,
  wentOn: (before, after) =>
    `La recherche a repris où elle en était\u00a0: on pouvait encore trouver au plus ${before} alors, ${after} maintenant.`,
}

export const ADVISE_WORDS: Readonly<Record<Language, AdviseWords>> = { en, fr }
