/** What is said about port orders, in both languages: by the API, and by the console. */
import type { PortIssue } from './port-check.ts'
import type { PortNumberFault } from './port-number.ts'
import type { Language } from './problems.ts'

type Text = Readonly<Record<Language, string>>

export const PORT_ISSUE_WORDS: Readonly<Record<PortIssue, Text>> = {
  'name-missing': { en: 'The order needs a name.', fr: 'La demande doit porter un nom.' },
  'country-not-portable': {
    en: 'Numbers are ported where there is a Calling Plan. Elsewhere your own carrier keeps them.',
    fr: 'Les numéros sont portés là où il existe un forfait d’appels. Ailleurs, votre opérateur les garde.',
  },
  'mobile-not-portable': {
    en: 'Mobile numbers are ported in the United States and Puerto Rico only.',
    fr: 'Les numéros mobiles ne sont portés qu’aux États-Unis et à Porto Rico.',
  },
  'date-missing': { en: 'Choose a transfer date.', fr: 'Choisissez une date de transfert.' },
  'date-impossible': {
    en: 'On this date no carrier transfers: it takes 5 US business days at least, 90 days at most.',
    fr: 'Aucun opérateur ne transfère à cette date : il faut au moins 5 jours ouvrés américains, 90 jours au plus.',
  },
  'notify-missing': { en: 'Name an address for notifications.', fr: 'Indiquez une adresse pour les notifications.' },
  'carrier-missing': { en: 'Name your present carrier.', fr: 'Indiquez votre opérateur actuel.' },
  'account-missing': {
    en: 'The account number is missing. It is on the bill.',
    fr: 'Le numéro de compte manque. Il figure sur la facture.',
  },
  'organisation-missing': { en: 'The organisation is missing.', fr: 'L’organisation manque.' },
  'contact-missing': {
    en: 'Name the person who is authorised on the account.',
    fr: 'Indiquez la personne autorisée sur le compte.',
  },
  'address-missing': { en: 'The service address is missing.', fr: 'L’adresse du service manque.' },
  'pin-missing': {
    en: 'Mobile numbers need the PIN of the account.',
    fr: 'Les numéros mobiles exigent le code confidentiel du compte.',
  },
  'billing-number-missing': {
    en: 'The billing telephone number is missing.',
    fr: 'Le numéro de téléphone de facturation manque.',
  },
  'numbers-missing': { en: 'The order has no numbers.', fr: 'La demande ne contient aucun numéro.' },
  'numbers-at-fault': {
    en: 'Some numbers cannot be in this order. Mend them or leave them out.',
    fr: 'Certains numéros ne peuvent pas figurer dans cette demande. Corrigez-les ou omettez-les.',
  },
  'billing-number-not-in-full-port': {
    en: 'A full port must include the billing telephone number.',
    fr: 'Un transfert complet doit comprendre le numéro de facturation.',
  },
  'billing-number-in-partial-port': {
    en: 'A partial port must not include the billing telephone number.',
    fr: 'Un transfert partiel ne doit pas comprendre le numéro de facturation.',
  },
  'location-missing': {
    en: 'These numbers need an emergency location when they arrive.',
    fr: 'Ces numéros exigent un emplacement d’urgence dès leur arrivée.',
  },
  'location-elsewhere': {
    en: 'The emergency location is not in the country or area of the numbers.',
    fr: 'L’emplacement d’urgence n’est pas dans le pays ou la zone des numéros.',
  },
  'letter-missing': {
    en: 'The signed letter of authorisation is missing.',
    fr: 'La lettre d’autorisation signée manque.',
  },
  'account-format': {
    en: 'Account numbers have 4 to 20 letters and digits. This one looks otherwise.',
    fr: 'Les numéros de compte comptent de 4 à 20 lettres et chiffres. Celui-ci a une autre forme.',
  },
  'account-is-number': {
    en: 'This looks like one of the telephone numbers, not like an account number.',
    fr: 'Ceci ressemble à l’un des numéros de téléphone, non à un numéro de compte.',
  },
  'organisation-cut': {
    en: 'Carriers read 25 characters of the organisation. The rest is cut off.',
    fr: 'Les opérateurs lisent 25 caractères de l’organisation. Le reste est coupé.',
  },
  'organisation-differs': {
    en: 'The organisation has no word in common with your own name. Carriers compare it with the bill.',
    fr: 'L’organisation n’a aucun mot en commun avec votre nom. Les opérateurs la comparent à la facture.',
  },
  'address-is-emergency-address': {
    en: 'This is one of your emergency addresses. Carriers want the service address on their bill.',
    fr: 'C’est l’une de vos adresses d’urgence. Les opérateurs veulent l’adresse du service de leur facture.',
  },
  'address-elsewhere': {
    en: 'The service address is in another country than the numbers.',
    fr: 'L’adresse du service est dans un autre pays que les numéros.',
  },
  'pin-format': { en: 'PINs have 4 to 10 digits.', fr: 'Les codes confidentiels ont de 4 à 10 chiffres.' },
  frozen: {
    en: 'You have not said that the account is free of freezes and pending orders. Lifting a freeze takes 1 to 3 weeks.',
    fr: 'Vous n’avez pas confirmé que le compte est sans verrou ni demande en cours. Lever un verrou prend de 1 à 3 semaines.',
  },
  'numbers-of-other-area': {
    en: 'The numbers are of more than three areas. Are they all of one account?',
    fr: 'Les numéros sont de plus de trois zones. Sont-ils tous du même compte ?',
  },
}

export const PORT_NUMBER_WORDS: Readonly<Record<PortNumberFault, Text>> = {
  malformed: { en: 'No telephone number', fr: 'Pas un numéro de téléphone' },
  duplicate: { en: 'Already in this file', fr: 'Déjà dans ce fichier' },
  'other-country': { en: 'Of another country', fr: 'D’un autre pays' },
  'not-portable': { en: 'Numbers of this kind are not ported', fr: 'Ce type de numéro n’est pas porté' },
  'mobile-elsewhere': {
    en: 'A mobile number: these need an order of their own, in the United States',
    fr: 'Un numéro mobile : il faut une demande à part, aux États-Unis',
  },
  'other-type': {
    en: 'Of another type: it needs an order of its own',
    fr: 'D’un autre type : il faut une demande à part',
  },
  'in-service-here': { en: 'In service with you already', fr: 'Déjà en service chez vous' },
  'in-service-elsewhere': {
    en: 'In service with somebody else here',
    fr: 'En service chez un autre client de cette installation',
  },
  'in-stock': {
    en: 'In the stock of your operator: order it there',
    fr: 'Dans le stock de votre exploitant : commandez-le',
  },
  'in-other-order': { en: 'In another of your port orders', fr: 'Dans une autre de vos demandes' },
  'in-port-elsewhere': { en: 'In a port order of somebody else', fr: 'Dans la demande d’un autre client' },
}
