import { defineWords } from '../words/define.ts'

export const paletteWords = defineWords('palette', {
  label: { en: 'Search and go', fr: 'Rechercher et aller' },
  placeholder: {
    en: 'A name, a number, a page… or > for actions',
    fr: 'Un nom, un numéro, une page… ou > pour les actions',
  },
  empty: { en: 'Nothing found. Try a name, +44… or call_…', fr: 'Rien trouvé. Essayez un nom, +44… ou call_…' },
  recent: { en: 'Recent', fr: 'Récents' },
  people: { en: 'People', fr: 'Personnes' },
  numbers: { en: 'Numbers', fr: 'Numéros' },
  calls: { en: 'Calls', fr: 'Appels' },
  pages: { en: 'Pages', fr: 'Pages' },
  actions: { en: 'Actions', fr: 'Actions' },
  tenants: { en: 'Organisations', fr: 'Organisations' },
  open: { en: 'Open', fr: 'Ouvrir' },
  newTab: { en: 'New tab', fr: 'Nouvel onglet' },
  found: {
    en: { one: '{count} result', other: '{count} results' },
    fr: { one: '{count} résultat', many: '{count} de résultats', other: '{count} résultats' },
  },
  addUsers: { en: 'Add users', fr: 'Ajouter des utilisateurs' },
  importUsers: { en: 'Import users from a CSV', fr: 'Importer des utilisateurs (CSV)' },
  addFunds: { en: 'Add funds', fr: 'Ajouter des fonds' },
  buyLicences: { en: 'Buy licences', fr: 'Acheter des licences' },
  lookUpRate: { en: 'What does a call cost?', fr: 'Combien coûte un appel ?' },
  light: { en: 'Light theme', fr: 'Thème clair' },
  dark: { en: 'Dark theme', fr: 'Thème sombre' },
  contrast: { en: 'High contrast', fr: 'Contraste élevé' },
  language: { en: 'Show in French', fr: 'Afficher en anglais' },
  account: { en: 'Your account', fr: 'Votre compte' },
  signOut: { en: 'Sign out', fr: 'Se déconnecter' },
})
