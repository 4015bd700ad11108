/** What an advice says, in English and in French. Figures come in as they are written in the language; countries by name. */
import type { Language } from '../problems.ts'
import type { Remedy } from './set-aside.ts'

export interface ReportWords {
  readonly licences: (n: number, text: string) => string
  readonly plans: (n: number, text: string) => string
  readonly and: (parts: readonly string[]) => string
  readonly buyNothing: string
  readonly nothingWhy: (people: string) => string
  /** The answer while lines that may be calls could not be read. */
  readonly nothingForRead: (n: number, read: string, setAside: string) => string
  readonly nothingReadWhy: (people: string) => string
  readonly forRead: (answer: string) => string
  readonly proofOfRead: string
  readonly setAside: (n: number, lines: string, all: string) => string
  readonly setAsideWhy: (reason: string, lines: string) => string
  readonly outsidePrefix: (prefix: string, lines: string) => string
  readonly remedies: Readonly<Record<Exclude<Remedy, 'outside-prefix'>, string>>
  readonly creditsOf: (amount: string) => string
  readonly withoutPlanLicences: (n: number, text: string) => string
  readonly line: {
    readonly licence: (country: string) => string
    readonly international: (country: string) => string
    readonly withoutPlan: string
    readonly credits: string
  }
  readonly why: {
    readonly licence: (needed: string, users: string) => string
    readonly extra: (extra: string) => string
    /** All of them. */
    readonly licenceEach: (needed: string) => string
    readonly noLicence: string
    readonly noLicenceRead: string
    readonly holders: (holders: string) => string
    readonly idle: (idle: string) => string
    readonly credits: string
    readonly noCredits: string
    readonly nothingCharged: string
    readonly withoutPlan: string
    readonly partnerPrice: string
  }
  readonly proven: (bound: string, cost: string) => string
  readonly stopped: (gap: string, percent: string) => string
  readonly nothingToProve: string
  readonly dontBuyPlan: (country: string, plan: string, credits: string, by: string) => string
  /** Where some hold it: for the others. */
  readonly dontBuyMorePlans: (country: string, plan: string, credits: string, by: string) => string
  readonly dontBuyPlanUnused: (country: string) => string
  readonly dontBuyExtra: (country: string, by: string) => string
  readonly dontBuyLicences: string
  readonly dontBuyCredits: string
  readonly recharge: (threshold: string, amount: string, risk: string) => string
  readonly rechargeThin: (threshold: string, amount: string) => string
  readonly perMonthCredits: (low: string, high: string) => string
  readonly wouldExpire: string
  readonly aboveCap: string
  readonly unrated: (calls: string, minutes: string) => string
  readonly barred: (calls: string, minutes: string) => string
  readonly ownCarrier: (calls: string, minutes: string) => string
  readonly outsideMonths: (calls: string) => string
  readonly noPlanHere: (country: string, needed: string) => string
  readonly notAvailable: (country: string) => string
  readonly beyondMax: (needed: string, max: string) => string
  readonly noPrices: string
  readonly fewMonths: string
  readonly priceRange: (country: string, from: string, upTo: string) => string
  readonly priceFrom: (country: string, from: string) => string
  readonly priceUpTo: (country: string, upTo: string) => string
  readonly calling: (percent: string, licences: string, holders: string, total: string) => string
  readonly callingSame: (percent: string, total: string) => string
  readonly backTest: (months: string, advised: string, best: string, credits: string) => string
  readonly hindsight: (saved: string) => string
  readonly steps: {
    readonly nothing: string
    readonly buyLicences: (seats: string) => string
    readonly assignLicences: (seats: string) => string
    readonly assignInternational: (seats: string) => string
    readonly emergencyLocation: string
    readonly fundCredits: string
    readonly portNumbers: string
    readonly orderNumbers: string
    readonly tollFreeNumber: string
    readonly askPartner: (countries: string) => string
    readonly connectCarrier: (countries: string) => string
    readonly notAvailable: (countries: string) => string
  }
}

const list = (parts: readonly string[], and: string): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${and} ${parts.at(-1) ?? ''}`

const en: ReportWords = {
  licences: (n, text) => `${text} ${n === 1 ? 'licence' : 'licences'}`,
  plans: (n, text) => `${text} International ${n === 1 ? 'plan' : 'plans'}`,
  withoutPlanLicences: (n, text) => `${text} ${n === 1 ? 'licence' : 'licences'} without plan`,
  and: (parts) => list(parts, 'and'),
  buyNothing: 'You need to buy nothing.',
  nothingWhy: (people) =>
    `Nobody of ${people} calls, or is called by, an outside number. Calls between colleagues are free and need no licence.`,
  nothingForRead: (n, read, setAside) =>
    `Nothing for the ${read} lines that could be read; ${setAside} ${n === 1 ? 'other may be a call' : 'others may be calls'} outside.`,
  nothingReadWhy: (people) =>
    `In the lines that could be read nobody of ${people} calls, or is called by, an outside number.`,
  forRead: (answer) => `For the lines that could be read: ${answer}`,
  proofOfRead: 'This is about the lines that could be read.',
  setAside: (n, lines, all) =>
    `${lines} of ${all} lines ${n === 1 ? 'may be a call and is' : 'may be calls and are'} not in this answer.`,
  setAsideWhy: (reason, lines) => `${reason}: ${lines}.`,
  outsidePrefix: (prefix, lines) =>
    `If people dial ${prefix} for an outside line, say so and calculate again: ${lines} of these lines can then be read.`,
  remedies: {
    numbers:
      'Say in which country the numbers are dialled, what is dialled for an outside line, or which column has the number.',
    times: 'Say whether the day or the month comes first in dates, or which column has the time.',
    durations: 'Say which column has the duration: whole seconds, or hours, minutes and seconds with colons.',
    callers: 'Say which column has the caller.',
    'export-again': 'Export the file again: lines were cut, or quotation marks were lost on the way.',
    'longer-span': 'Export a longer span, or the files of the days after, so that the ends of these calls are there.',
  },
  creditsOf: (amount) => `about ${amount} of credits a month`,
  line: {
    licence: (country) => `Voice licence with Calling Plan, ${country}`,
    international: (country) => `International Calling Plan, ${country}`,
    withoutPlan: 'Voice licence without Calling Plan',
    credits: 'Communications Credits',
  },
  why: {
    licence: (needed, users) =>
      `${needed} of ${users} people call, or are called by, numbers outside. The others need none: calls between colleagues are free.`,
    extra: (extra) =>
      `${extra} of them are room in the shared minutes: they cost less than the credits that they save.`,
    licenceEach: (needed) => `Everybody, ${needed} in all, calls numbers outside or is called by them.`,
    noLicence: 'Nobody here calls outside.',
    noLicenceRead: 'No line that could be read is a call outside.',
    holders: (holders) => `${holders} people call abroad so much that the plan costs less than their calls by credits.`,
    idle: (idle) =>
      `${idle} more holders add minutes to the shared pool for less than the credits that these minutes save.`,
    credits: 'For what no plan covers and for what goes beyond the minutes.',
    noCredits: 'The plans cover every call of this history.',
    nothingCharged: 'No call here costs anything.',
    withoutPlan: 'Ordered through a partner; your own carrier bills the calls.',
    partnerPrice: 'the partner says',
  },
  proven: (bound, cost) => `Nothing cheaper exists: any mix costs at least ${bound}; this one costs ${cost}.`,
  stopped: (gap, percent) =>
    `At most ${gap} (${percent}%) could still be found: the search was stopped before the proof was complete.`,
  nothingToProve: 'There is nothing to choose between.',
  dontBuyPlan: (country, plan, credits, by) =>
    `Do not buy the International plan (${country}): the calls abroad cost ${credits} by credits, one plan ${plan}. Credits are cheaper by ${by}.`,
  dontBuyMorePlans: (country, plan, credits, by) =>
    `Do not buy the International plan for anybody else (${country}): their calls abroad cost ${credits} by credits, the cheapest plan among them ${plan}. Credits are cheaper by ${by}.`,
  dontBuyPlanUnused: (country) =>
    `Do not buy the International plan (${country}): nobody calls a country that it covers.`,
  dontBuyExtra: (country, by) =>
    `Do not buy more licences than people who need one (${country}): one more would cost ${by} more than it saves.`,
  dontBuyLicences: 'Do not buy licences for people who only call colleagues.',
  dontBuyCredits: 'Do not buy credits for these calls: the plans cover them all.',
  recharge: (threshold, amount, risk) =>
    `Recharge automatically with ${amount} when less than ${threshold} is available: the wallet then runs dry in about ${risk}% of half-years.`,
  rechargeThin: (threshold, amount) =>
    `Recharge automatically with ${amount} when less than ${threshold} is available. There are too few weeks of calls to name a risk.`,
  perMonthCredits: (low, high) => `Credits used: ${low} in the quietest month, ${high} in the busiest.`,
  wouldExpire: 'At this pace part of a funding would expire after 12 months: buy the smallest amount by hand instead.',
  aboveCap: 'One recharge would exceed the daily cap.',
  unrated: (calls, minutes) =>
    `Not in the total: ${calls} calls (${minutes} min) to numbers that have no price. A price is never guessed.`,
  barred: (calls, minutes) =>
    `Not in the total: ${calls} calls (${minutes} min) to numbers that would not be connected here.`,
  ownCarrier: (calls, minutes) =>
    `Not in the total: ${calls} calls (${minutes} min) of people without Calling Plan; their own carrier bills them.`,
  outsideMonths: (calls) => `Not in the total: ${calls} calls outside the whole months that were looked at.`,
  noPlanHere: (country, needed) =>
    `${country}: a Calling Plan is not sold. ${needed} people need a licence without plan, through a partner; their carrier keeps billing the calls, so they cannot be priced here.`,
  notAvailable: (country) => `${country}: voice is not available. We do not sell what we cannot serve.`,
  beyondMax: (needed, max) =>
    `More than this product sells to one organisation (${max}): ${needed} licences are needed. Priced without that limit.`,
  noPrices: 'No price list is set for licences, so only credits are counted.',
  fewMonths: 'Less than three months of calls: a year may look different.',
  priceRange: (country, from, upTo) =>
    `The answer stays the same while the International plan costs between ${from} and ${upTo} a month (${country}).`,
  priceFrom: (country, from) =>
    `The answer stays the same while the International plan costs at least ${from} a month (${country}).`,
  priceUpTo: (country, upTo) =>
    `The answer stays the same while the International plan costs at most ${upTo} a month (${country}).`,
  calling: (percent, licences, holders, total) =>
    `With ${percent}% of the calls: ${licences} licences, ${holders} International plans, ${total} in all.`,
  callingSame: (percent, total) => `With ${percent}% of the calls: the same basket, ${total} in all.`,
  backTest: (months, advised, best, credits) =>
    `Tested on ${months} months that the calculation had not seen: the advice cost ${advised}, the best possible ${best}, credits only ${credits}.`,
  hindsight: (saved) =>
    `Knowing the future, changing the basket each month could have saved at most ${saved}. Nobody knows it, so this is no promise.`,
  steps: {
    nothing: 'Nothing to do: internal calls work as soon as people are added.',
    buyLicences: (seats) => `Buy ${seats} licences: Billing, Purchase services.`,
    assignLicences: (seats) =>
      `Assign the ${seats} licences: minutes come with assigned licences, not with bought ones.`,
    assignInternational: (seats) => `Assign ${seats} International plans to the people named.`,
    emergencyLocation: 'Add an emergency location: a number works only with one.',
    fundCredits: 'Fund Communications Credits and switch on automatic recharge.',
    portNumbers: 'Bring your numbers; keep the old service until the transfer is completed.',
    orderNumbers: 'Get numbers: a licence without a number cannot call out.',
    tollFreeNumber: 'Get the toll-free number once credits are there: without them its callers are refused.',
    askPartner: (countries) => `Ask a partner for licences without plan: ${countries}.`,
    connectCarrier: (countries) => `Keep the contract with your carrier and connect its trunk: ${countries}.`,
    notAvailable: (countries) => `Voice is not available: ${countries}.`,
  },
}

const fr: ReportWords = {
  licences: (n, text) => `${text} ${n < 2 ? 'licence' : 'licences'}`,
  plans: (n, text) => `${text} ${n < 2 ? 'forfait international' : 'forfaits internationaux'}`,
  withoutPlanLicences: (n, text) => `${text} ${n < 2 ? 'licence' : 'licences'} sans forfait`,
  and: (parts) => list(parts, 'et'),
  buyNothing: 'Vous n’avez rien à acheter.',
  nothingWhy: (people) =>
    `Sur ${people} personnes, aucune n’appelle un numéro externe ni n’en reçoit d’appels. Les appels entre collègues sont gratuits et ne demandent pas de licence.`,
  nothingForRead: (n, read, setAside) =>
    `Rien pour les ${read} lignes lisibles\u202f; ${setAside} ${n < 2 ? 'autre est peut-être un appel externe' : 'autres sont peut-être des appels externes'}.`,
  nothingReadWhy: (people) =>
    `Dans les lignes lisibles, aucune des ${people} personnes n’appelle un numéro externe ni n’en reçoit d’appels.`,
  forRead: (answer) => `Pour les lignes lisibles\u00a0: ${answer}`,
  proofOfRead: 'Cela vaut pour les lignes lisibles.',
  setAside: (n, lines, all) =>
    n < 2
      ? `${lines} ligne sur ${all} est peut-être un appel et ne compte pas dans cette réponse.`
      : `${lines} lignes sur ${all} sont peut-être des appels et ne comptent pas dans cette réponse.`,
  setAsideWhy: (reason, lines) => `${reason}\u00a0: ${lines}.`,
  outsidePrefix: (prefix, lines) =>
    `Si l’on compose le ${prefix} pour sortir, dites-le et recalculez\u00a0: ${lines} de ces lignes deviennent lisibles.`,
  remedies: {
    numbers:
      'Dites dans quel pays les numéros sont composés, ce que l’on compose pour sortir, ou quelle colonne contient le numéro.',
    times: 'Dites si le jour ou le mois vient en premier dans les dates, ou quelle colonne contient l’heure.',
    durations:
      'Dites quelle colonne contient la durée\u00a0: en secondes, ou en heures, minutes et secondes séparées par des deux-points.',
    callers: 'Dites quelle colonne contient l’appelant.',
    'export-again': 'Exportez de nouveau le fichier\u00a0: des lignes ont été coupées, ou des guillemets perdus.',
    'longer-span':
      'Exportez une période plus longue, ou les fichiers des jours suivants, pour que la fin de ces appels y figure.',
  },
  creditsOf: (amount) => `environ ${amount} de crédits par mois`,
  line: {
    licence: (country) => `Licence vocale avec forfait d’appels, ${country}`,
    international: (country) => `Forfait d’appels international, ${country}`,
    withoutPlan: 'Licence vocale sans forfait d’appels',
    credits: 'Crédits de communication',
  },
  why: {
    licence: (needed, users) =>
      `${needed} personnes sur ${users} appellent des numéros externes ou en reçoivent des appels. Les autres n’en ont pas besoin\u00a0: les appels entre collègues sont gratuits.`,
    extra: (extra) =>
      `${extra} d’entre elles agrandissent la réserve commune de minutes\u00a0: elles coûtent moins que les crédits qu’elles épargnent.`,
    licenceEach: (needed) => `Chacune des ${needed} personnes appelle des numéros externes ou en reçoit des appels.`,
    noLicence: 'Personne ici n’appelle à l’extérieur.',
    noLicenceRead: 'Aucune ligne lisible n’est un appel externe.',
    holders: (holders) =>
      `${holders} personnes appellent tant à l’étranger que le forfait coûte moins que leurs appels en crédits.`,
    idle: (idle) =>
      `${idle} titulaires de plus ajoutent des minutes à la réserve commune pour moins que les crédits épargnés.`,
    credits: 'Pour ce qu’aucun forfait ne couvre et pour ce qui dépasse les minutes.',
    noCredits: 'Les forfaits couvrent tous les appels de cet historique.',
    nothingCharged: 'Aucun appel ici ne coûte quoi que ce soit.',
    withoutPlan: 'Commandée par un partenaire\u202f; votre opérateur facture les appels.',
    partnerPrice: 'prix du partenaire',
  },
  proven: (bound, cost) =>
    `Rien de moins cher n’existe\u00a0: toute combinaison coûte au moins ${bound}\u202f; celle-ci coûte ${cost}.`,
  stopped: (gap, percent) =>
    `On pourrait encore trouver au plus ${gap} (${percent}\u202f%)\u00a0: la recherche a été arrêtée avant la fin de la preuve.`,
  nothingToProve: 'Il n’y a pas de choix à faire.',
  dontBuyPlan: (country, plan, credits, by) =>
    `N’achetez pas le forfait international (${country})\u00a0: les appels à l’étranger coûtent ${credits} en crédits, un forfait ${plan}. Les crédits coûtent ${by} de moins.`,
  dontBuyMorePlans: (country, plan, credits, by) =>
    `N’achetez le forfait international pour personne d’autre (${country})\u00a0: les appels à l’étranger concernés coûtent ${credits} en crédits, le forfait le moins cher ${plan}. Les crédits coûtent ${by} de moins.`,
  dontBuyPlanUnused: (country) =>
    `N’achetez pas le forfait international (${country})\u00a0: personne n’appelle un pays qu’il couvre.`,
  dontBuyExtra: (country, by) =>
    `N’achetez pas plus de licences que de personnes qui en ont besoin (${country})\u00a0: une de plus coûterait ${by} de plus qu’elle n’épargne.`,
  dontBuyLicences: 'N’achetez pas de licence pour les personnes qui n’appellent que des collègues.',
  dontBuyCredits: 'N’achetez pas de crédits pour ces appels\u00a0: les forfaits les couvrent tous.',
  recharge: (threshold, amount, risk) =>
    `Rechargez automatiquement ${amount} dès qu’il reste moins de ${threshold}\u00a0: le portefeuille est alors vide au cours d’environ ${risk}\u202f% des semestres.`,
  rechargeThin: (threshold, amount) =>
    `Rechargez automatiquement ${amount} dès qu’il reste moins de ${threshold}. Trop peu de semaines d’appels pour chiffrer un risque.`,
  perMonthCredits: (low, high) =>
    `Crédits utilisés\u00a0: ${low} le mois le plus calme, ${high} le mois le plus chargé.`,
  wouldExpire:
    'À ce rythme, une partie d’un versement expirerait au bout de 12 mois\u00a0: achetez plutôt le plus petit montant, à la main.',
  aboveCap: 'Un seul rechargement dépasserait le plafond du jour.',
  unrated: (calls, minutes) =>
    `Hors total\u00a0: ${calls} appels (${minutes} min) vers des numéros sans tarif. Un prix n’est jamais deviné.`,
  barred: (calls, minutes) =>
    `Hors total\u00a0: ${calls} appels (${minutes} min) vers des numéros qui ne seraient pas établis ici.`,
  ownCarrier: (calls, minutes) =>
    `Hors total\u00a0: ${calls} appels (${minutes} min) de personnes sans forfait d’appels\u202f; leur opérateur les facture.`,
  outsideMonths: (calls) => `Hors total\u00a0: ${calls} appels en dehors des mois entiers examinés.`,
  noPlanHere: (country, needed) =>
    `${country}\u00a0: il n’y a pas de forfait d’appels. ${needed} personnes ont besoin d’une licence sans forfait, par un partenaire\u202f; leur opérateur continue de facturer les appels, qui ne peuvent donc pas être chiffrés ici.`,
  notAvailable: (country) =>
    `${country}\u00a0: le service vocal n’est pas disponible. Nous ne vendons pas ce que nous ne pouvons pas servir.`,
  beyondMax: (needed, max) =>
    `Plus que ce qui se vend à une organisation (${max})\u00a0: il faut ${needed} licences. Chiffré sans cette limite.`,
  noPrices: 'Aucun prix de licence n’est fixé\u00a0: seuls les crédits sont comptés.',
  fewMonths: 'Moins de trois mois d’appels\u00a0: une année peut être différente.',
  priceRange: (country, from, upTo) =>
    `La réponse reste la même tant que le forfait international coûte entre ${from} et ${upTo} par mois (${country}).`,
  priceFrom: (country, from) =>
    `La réponse reste la même tant que le forfait international coûte au moins ${from} par mois (${country}).`,
  priceUpTo: (country, upTo) =>
    `La réponse reste la même tant que le forfait international coûte au plus ${upTo} par mois (${country}).`,
  calling: (percent, licences, holders, total) =>
    `Avec ${percent}\u202f% des appels\u00a0: ${licences} licences, ${holders} forfaits internationaux, ${total} en tout.`,
  callingSame: (percent, total) => `Avec ${percent}\u202f% des appels\u00a0: le même panier, ${total} en tout.`,
  backTest: (months, advised, best, credits) =>
    `Vérifié sur ${months} mois que le calcul n’avait pas vus\u00a0: le conseil a coûté ${advised}, le mieux possible ${best}, les crédits seuls ${credits}.`,
  hindsight: (saved) =>
    `En connaissant l’avenir, changer de panier chaque mois aurait épargné au plus ${saved}. Personne ne le connaît\u00a0: ce n’est pas une promesse.`,
  steps: {
    nothing: 'Rien à faire\u00a0: les appels internes fonctionnent dès que les personnes sont ajoutées.',
    buyLicences: (seats) => `Acheter ${seats} licences\u00a0: Facturation, Acheter des services.`,
    assignLicences: (seats) =>
      `Attribuer les ${seats} licences\u00a0: les minutes viennent des licences attribuées, non des licences achetées.`,
    assignInternational: (seats) => `Attribuer ${seats} forfaits internationaux aux personnes nommées.`,
    emergencyLocation: 'Ajouter un emplacement d’urgence\u00a0: sans lui, un numéro ne fonctionne pas.',
    fundCredits: 'Alimenter les crédits de communication et activer le rechargement automatique.',
    portNumbers: 'Transférer vos numéros\u202f; gardez l’ancien service jusqu’à la fin du transfert.',
    orderNumbers: 'Obtenir des numéros\u00a0: sans numéro, une licence ne permet pas d’appeler.',
    tollFreeNumber:
      'Obtenir le numéro gratuit une fois les crédits en place\u00a0: sans eux, ses appelants sont refusés.',
    askPartner: (countries) => `Demander des licences sans forfait à un partenaire\u00a0: ${countries}.`,
    connectCarrier: (countries) =>
      `Garder le contrat avec votre opérateur et raccorder sa jonction\u00a0: ${countries}.`,
    notAvailable: (countries) => `Le service vocal n’est pas disponible\u00a0: ${countries}.`,
  },
}

export const REPORT_WORDS: Readonly<Record<Language, ReportWords>> = { en, fr }
