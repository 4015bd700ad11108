/** Problems of numbers, their orders and emergency locations (N1–N4, N6). */
import type { Language } from '../core/problems.ts'

export const NUMBER_PROBLEMS = {
  'reservation-ended': {
    status: 410,
    title: {
      en: 'The 10-minute reservation ended and the numbers went back.',
      fr: 'La réservation de 10 minutes a expiré et les numéros ont été remis en stock.',
    },
  },
  'order-ended': {
    status: 409,
    title: {
      en: 'This order was completed or cancelled before.',
      fr: 'Cette commande a déjà été terminée ou annulée.',
    },
  },
  'number-quota-reached': {
    status: 409,
    title: {
      en: 'There are not enough licences for more numbers of this type.',
      fr: 'Il n’y a pas assez de licences pour obtenir davantage de numéros de ce type.',
    },
  },
  'numbers-sold-out': {
    status: 409,
    title: {
      en: 'There are not that many numbers of this kind left.',
      fr: 'Il ne reste pas autant de numéros de ce genre.',
    },
  },
  'toll-free-needs-credits': {
    status: 402,
    title: {
      en: 'Toll-free numbers need a positive balance of credits: the organisation pays for each call.',
      fr: 'Les numéros gratuits exigent un solde de crédits positif : c’est l’organisation qui paie chaque appel.',
    },
  },
  'not-same-country': {
    status: 422,
    title: {
      en: 'User, number and emergency location must share a country.',
      fr: 'L’utilisateur, le numéro et l’emplacement d’urgence doivent être dans le même pays.',
    },
  },
  'not-same-area': {
    status: 422,
    title: {
      en: 'In this country the emergency address must lie in the area of the number.',
      fr: 'Dans ce pays, l’adresse d’urgence doit se trouver dans la zone du numéro.',
    },
  },
  'emergency-location-missing': {
    status: 422,
    title: {
      en: 'An emergency location is required before this number can be used.',
      fr: 'Un emplacement d’urgence est exigé avant d’utiliser ce numéro.',
    },
  },
  'number-assigned': {
    status: 409,
    title: {
      en: 'Somebody has this number. Take it back first.',
      fr: 'Ce numéro est attribué. Retirez-le d’abord.',
    },
  },
  'not-confirmed': {
    status: 422,
    title: {
      en: 'Type the number exactly as it stands to confirm.',
      fr: 'Saisissez le numéro exactement tel qu’il est écrit pour confirmer.',
    },
  },
  'address-invalid': {
    status: 422,
    title: {
      en: 'Nobody could be sent to this address. The fields at fault are listed.',
      fr: 'Personne ne pourrait être envoyé à cette adresse. Les champs en cause sont indiqués.',
    },
  },
  'place-taken': {
    status: 409,
    title: {
      en: 'This address has this place already.',
      fr: 'Cette adresse comporte déjà ce lieu.',
    },
  },
  'location-in-use': {
    status: 409,
    title: {
      en: 'Numbers use this emergency location. Give them another one first.',
      fr: 'Des numéros utilisent cet emplacement d’urgence. Donnez-leur-en d’abord un autre.',
    },
  },
  'number-stock-invalid': {
    status: 422,
    title: {
      en: 'The file has lines that cannot be added; nothing was changed.',
      fr: 'Le fichier contient des lignes qui ne peuvent pas être ajoutées ; rien n’a été modifié.',
    },
  },
} as const satisfies Record<string, { status: number; title: Record<Language, string> }>
