/** Trunks to a tenant’s own carrier (L4), as forms and routes both check them. */
import { z } from 'zod'
import type { UserId } from '../../core/ids.ts'
import {
  CERTIFICATE_NAME,
  isSbcAddress,
  parseFingerprint,
  TRUNK_NUMBERS_MAX,
  TRUNK_STATES,
  TRUNK_TRANSPORTS,
} from '../../core/trunk.ts'
import { e164, idOf, nameText, timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'

const host = z
  .string()
  .trim()
  .refine((text) => isSbcAddress(text, { loopback: true }), {
    error: hint('an IPv4 address, as 203.0.113.7', 'une adresse IPv4, comme 203.0.113.7'),
  })
  .meta({
    description: 'IPv4: the switch knows callers by their address, and a name would let nobody in',
    examples: ['203.0.113.7'],
  })

const transport = z.enum(TRUNK_TRANSPORTS)
const port = z.number().int().min(1).max(65_535)

const certificateName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(CERTIFICATE_NAME, { error: hint('a host name, as sbc.example.com', 'un nom d’hôte, comme sbc.example.com') })
  .meta({
    description:
      'TLS: the SBC’s certificate is for this name (DNS name in its SAN; its CN where it has none) and from an authority that is trusted here',
    examples: ['sbc.example.com'],
  })

const certificateFingerprint = z
  .string()
  .trim()
  .refine((text) => parseFingerprint(text) !== null, {
    error: hint('64 hexadecimal digits (SHA-256)', '64 chiffres hexadécimaux (SHA-256)'),
  })
  .transform((text) => parseFingerprint(text) ?? text)
  .meta({
    description: 'TLS: the SHA-256 fingerprint of the SBC’s certificate, whoever has issued it',
    examples: [Array.from({ length: 32 }, () => '3F').join(':')],
  })

const ONE_CERTIFICATE = hint(
  'over TLS a name or a fingerprint of its certificate, and one of them',
  'en TLS, un nom ou une empreinte de son certificat, l’un des deux',
)

export const trunkBody = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('register'), name: nameText }),
    z
      .strictObject({
        mode: z.literal('address'),
        name: nameText,
        host,
        port: port.optional().meta({ description: '5060 unless told; 5061 over TLS' }),
        transport: transport.default('udp'),
        certificateName: certificateName.optional(),
        certificateFingerprint: certificateFingerprint.optional(),
      })
      .superRefine((body, context) => {
        const given = [body.certificateName, body.certificateFingerprint].filter((one) => one !== undefined).length
        if (given === (body.transport === 'tls' ? 1 : 0)) return
        const path = [body.certificateFingerprint === undefined ? 'certificateName' : 'certificateFingerprint']
        context.addIssue({ code: 'custom', path, message: ONE_CERTIFICATE })
      }),
  ])
  .meta({ example: { mode: 'address', name: 'SBC Lille', host: '203.0.113.7', port: 5060, transport: 'udp' } })

export const trunkChanges = z
  .strictObject({
    name: nameText.optional(),
    host: host.optional(),
    port: port.optional(),
    transport: transport.optional(),
    certificateName: certificateName.optional(),
    certificateFingerprint: certificateFingerprint.optional(),
  })
  .refine((body) => body.certificateName === undefined || body.certificateFingerprint === undefined, {
    path: ['certificateFingerprint'],
    error: ONE_CERTIFICATE,
  })
  .meta({ description: 'Only an SBC with an address has another one', example: { name: 'SBC Lille 2' } })

const members = {
  id: z.string(),
  name: z.string(),
  mode: z.enum(['register', 'address']),
  host: z.string().nullable(),
  port: z.number().int().nullable(),
  transport: transport,
  certificateName: z.string().nullable().meta({ description: 'TLS: what its certificate must be for' }),
  certificateFingerprint: z.string().nullable().meta({ description: 'TLS: the certificate that it must have' }),
  username: z.string().nullable(),
  domain: z.string().meta({ description: 'The SIP domain that it registers at and calls from' }),
  registrar: z
    .string()
    .nullable()
    .meta({ description: 'Where it registers and sends calls to; null: there is no switch now' }),
  state: z.enum(TRUNK_STATES),
  stateAt: timeOut.meta({ description: 'Since when' }),
  askedAt: timeOut.nullable().meta({ description: 'When it was last asked (OPTIONS)' }),
  answeredAt: timeOut.nullable().meta({ description: 'When it last answered well' }),
  sipStatus: z.number().int().nullable().meta({ description: 'Of its last answer; null: none came' }),
  sipReason: z.string().meta({
    description:
      'Or, over TLS, why it was not asked: `TLS certificate-other 3F…`, with the fingerprint that it has shown',
  }),
  createdAt: timeOut,
}

export const trunkOut = z.object(members).meta({ id: 'Trunk' })
export const trunkWithPassword = z
  .object({
    ...members,
    password: z
      .string()
      .nullable()
      .meta({ description: 'Of an SBC that registers. Shown once: we keep only its digest' }),
  })
  .meta({ id: 'NewTrunk' })

/** Where SBCs reach this server. */
export const trunkAccessOut = z
  .object({
    registrar: z.string().nullable().meta({ description: 'UDP and TCP; null: there is no switch now' }),
    tls: z
      .object({
        registrar: z.string(),
        certificateFingerprint: z.string().meta({ description: 'SHA-256, of the certificate that we show' }),
        certificateNames: z.array(z.string()),
        certificateValidTo: timeOut,
      })
      .nullable()
      .meta({ description: 'null: this server does not speak TLS to SBCs' }),
  })
  .meta({ id: 'TrunkAccess' })

export const trunkNumbersBody = z
  .strictObject({
    numbers: z
      .array(e164)
      .min(1)
      .max(500)
      .meta({ description: `At a time; ${TRUNK_NUMBERS_MAX} in all` }),
    type: z
      .enum(['user', 'service-toll'])
      .default('user')
      .meta({ description: 'For users, or for the company: a service number, where a call menu can answer' }),
  })
  .meta({ example: { numbers: ['+33199001290', '+33199001291'] } })

export const trunkNumberHolder = z
  .strictObject({ userId: idOf<UserId>('user') })
  .meta({ example: { userId: 'usr_01jd5v6k2mfj0s9w3x8q4z7c1a' } })

export const trunkNumberOut = z
  .object({
    id: z.string(),
    number: z.string(),
    type: z.enum(['user', 'service-toll']),
    user: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .meta({ id: 'TrunkNumber' })

export const testCallBody = z
  .strictObject({
    number: e164,
    userId: idOf<UserId>('user').optional().meta({ description: 'As whom; by default somebody with a number' }),
  })
  .meta({ example: { number: '+33199001299' } })

export const testCallOut = z
  .object({
    id: z.string(),
    number: z.string(),
    userId: z.string(),
    actor: z.string(),
    at: timeOut,
    state: z.enum(['calling', 'ringing', 'talking', 'answered', 'failed']),
    sipStatus: z.number().int().nullable(),
    sipReason: z.string(),
    refusal: z.string().nullable().meta({ description: 'Our own code, where it was we who refused' }),
    packets: z.number().int().meta({ description: 'Of sound that came back' }),
  })
  .meta({ id: 'TrunkTestCall' })
