import { defineWords } from '../../words/define.ts'

export const jobsWords = defineWords('jobs', {
  title: { en: 'Imports and exports', fr: 'Importations et exportations' },
  sentence: {
    en: 'What takes longer than a click. Results stay for seven days.',
    fr: 'Ce qui prend plus qu’un clic. Les résultats sont conservés sept jours.',
  },
  none: {
    en: 'Nothing was imported or exported in the last seven days.',
    fr: 'Aucune importation ni exportation ces sept derniers jours.',
  },
  what: { en: 'What', fr: 'Quoi' },
  by: { en: 'By', fr: 'Par' },
  when: { en: 'Started', fr: 'Début' },
  progress: { en: 'Progress', fr: 'Avancement' },
  result: { en: 'Result', fr: 'Résultat' },
  'kind.import-users': { en: 'Import of users', fr: 'Importation d’utilisateurs' },
  'kind.change-users': { en: 'Change of users', fr: 'Modification d’utilisateurs' },
  'kind.other': { en: 'Export', fr: 'Exportation' },
  'state.waiting': { en: 'Waiting', fr: 'En attente' },
  'state.running': { en: 'Running', fr: 'En cours' },
  'state.succeeded': { en: 'Done', fr: 'Terminé' },
  'state.failed': { en: 'Failed', fr: 'Échec' },
  'state.cancelled': { en: 'Stopped', fr: 'Arrêté' },
  stopping: { en: 'Stopping…', fr: 'Arrêt…' },
  of: { en: '{done} of {total}', fr: '{done} sur {total}' },
  left: { en: '{time} left', fr: 'encore {time}' },
  soon: { en: 'almost done', fr: 'presque terminé' },
  download: { en: 'Download', fr: 'Télécharger' },
  stop: { en: 'Stop', fr: 'Arrêter' },
  dismiss: { en: 'Dismiss', fr: 'Fermer' },
  open: { en: 'Open', fr: 'Ouvrir' },
  added: {
    en: { one: '{count} added', other: '{count} added' },
    fr: { one: '{count} ajouté', many: '{count} d’ajoutés', other: '{count} ajoutés' },
  },
  changed: {
    en: { one: '{count} changed', other: '{count} changed' },
    fr: { one: '{count} modifié', many: '{count} de modifiés', other: '{count} modifiés' },
  },
  same: {
    en: { one: '{count} unchanged', other: '{count} unchanged' },
    fr: { one: '{count} inchangé', many: '{count} d’inchangés', other: '{count} inchangés' },
  },
  wrong: {
    en: { one: '{count} error', other: '{count} errors' },
    fr: { one: '{count} erreur', many: '{count} d’erreurs', other: '{count} erreurs' },
  },
  expires: { en: 'Until {date}', fr: 'Jusqu’au {date}' },
})
