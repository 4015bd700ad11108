import { defineWords } from '../../words/define.ts'

export const availabilityWords = defineWords('availability', {
  title: { en: 'Can we serve your country?', fr: 'Pouvons-nous servir votre pays ?' },
  sentence: {
    en: 'Choose the country where your organisation is at home. We do not sell what we cannot serve.',
    fr: 'Choisissez le pays de votre organisation. Nous ne vendons que ce que nous pouvons assurer.',
  },
  country: { en: 'Country', fr: 'Pays' },
  noCountry: { en: 'No such country', fr: 'Aucun pays de ce nom' },
  withPlan: { en: 'Available [in:country], with Calling Plan', fr: 'Disponible [in:country], avec forfait d’appels' },
  withPlanWhy: {
    en: 'Each assigned licence brings {minutes} minutes of domestic calls a month into a shared pool. You set it up yourself, numbers included.',
    fr: 'Chaque licence attribuée apporte {minutes} minutes d’appels nationaux par mois à un pool commun. Vous mettez tout en place vous-même, numéros compris.',
  },
  start: { en: 'Start', fr: 'Commencer' },
  whatToBuy: { en: 'What do I need to buy?', fr: 'Que dois-je me procurer ?' },
  byPartner: { en: 'Available [in:country], through a partner', fr: 'Disponible [in:country], par un partenaire' },
  byPartnerWhy: {
    en: 'There is no Calling Plan [in:country]. A partner orders the licences and connects your own carrier.',
    fr: 'Il n’existe pas de forfait d’appels [in:country]. Un partenaire commande les licences et raccorde votre opérateur.',
  },
  usersInPool: {
    en: 'Users [in:country] whose organisation is elsewhere can hold a licence with Calling Plan and share the pool of [the:pool].',
    fr: 'Les utilisateurs [in:country] dont l’organisation est ailleurs peuvent avoir une licence avec forfait d’appels et partager le pool [from:pool].',
  },
  notAvailable: { en: 'Not available [in:country]', fr: 'Indisponible [in:country]' },
  notAvailableWhy: {
    en: 'Neither with a Calling Plan nor through a partner. We do not sell what we cannot serve.',
    fr: 'Ni avec forfait d’appels, ni par un partenaire. Nous ne vendons que ce que nous pouvons assurer.',
  },
  askPartner: { en: 'Ask a partner', fr: 'Demander à un partenaire' },
  organisation: { en: 'Organisation', fr: 'Organisation' },
  received: { en: 'Your request has arrived.', fr: 'Votre demande est arrivée.' },
  receivedWhy: {
    en: 'A partner will write to you. Once they have set up your organisation here, you get an invitation by mail.',
    fr: 'Un partenaire vous écrira. Dès que votre organisation sera créée ici, vous recevrez une invitation par e-mail.',
  },
  share: { en: 'Copy link', fr: 'Copier le lien' },
  shared: { en: 'Copied', fr: 'Copié' },
})
