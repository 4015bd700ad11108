/** The part of Kamailio's configuration that differs between installations; the rest is kamailio/kamailio.cfg. */
import { join } from 'node:path'
import type { Country } from '../core/country.ts'
import { WITH_CALLING_PLAN } from '../core/data/countries.ts'
import { EMERGENCY_NUMBERS } from '../core/data/emergency.generated.ts'
import { homeZoneOf } from '../core/home-zone.ts'
import { emergencyNumbersOf } from '../core/numbering.ts'
import { packageRoot } from '../paths.ts'
import type { Queryable } from '../store/db.ts'

export interface KamailioSettings {
  /** Address that telephones and carriers reach. */
  readonly host: string
  readonly port: number
  /** On 127.0.0.1, for the server. */
  readonly controlPort: number
  /** The server's own address, without credentials. */
  readonly serverUrl: string
  readonly secret: string
  /** `host:port` of the carriers: calls go out to the first, and come in from any. */
  readonly trunks: readonly string[]
  /** `host:port` for emergency calls. */
  readonly emergencyTrunk: string
  readonly keepAliveSeconds: number
  /** Null: calls live in Kamailio's memory only. */
  readonly databaseUrl: string | null
  /** `host:port` of rtpengine; null: browsers are no telephones. */
  readonly media: string | null
  /** Where what came over TLS arrives, on 127.0.0.1, and the port that SBCs see; null: nothing comes so. */
  readonly tls: { readonly port: number; readonly innerPort: number } | null
}

/**
 * What rtpengine makes of the speech for each kind of side. Towards a telephone plain RTP without what only browsers speak, towards
 * a browser ICE and DTLS: without `DTLS` in the flags both take part in it, which is what works.
 */
const MEDIA_FLAGS = {
  RF_TO_TELEPHONE: 'ICE=remove RTP/AVP replace-origin replace-session-connection rtcp-mux-demux',
  RF_TO_BROWSER: 'ICE=force RTP/SAVPF replace-origin replace-session-connection rtcp-mux-offer generate-mid',
} as const

/** The schema that holds Kamailio's tables; it knows no schema names, so it is told by the environment of libpq. */
const SCHEMA = 'kamailio'
export const databaseEnvironment = { PGOPTIONS: `-c search_path=${SCHEMA}` }

/** The file that Kamailio is started with. Secrets are here and not in the command line, which everybody can read. */
export function kamailioConfig(settings: KamailioSettings, folder: string, isDurable: boolean): string {
  const server = new URL(settings.serverUrl)
  server.username = 'kamailio'
  server.password = settings.secret
  const definitions: Record<string, string | number> = {
    RF_SIP_HOST: settings.host,
    RF_SIP_PORT: settings.port,
    RF_CONTROL_PORT: settings.controlPort,
    RF_SERVER_URL: server.href.replace(/\/$/, ''),
    RF_SECRET: settings.secret,
    RF_CARRIER: settings.trunks[0] ?? 'carrier.invalid:5060',
    RF_EMERGENCY: settings.emergencyTrunk,
    RF_RUN_DIR: folder,
    RF_KEEPALIVE_SECONDS: settings.keepAliveSeconds,
    ...(settings.media === null ? {} : { RF_MEDIA: settings.media, ...MEDIA_FLAGS }),
    ...(settings.tls === null ? {} : { RF_TLS_INNER_PORT: settings.tls.innerPort, RF_TLS_PORT: settings.tls.port }),
    ...(isDurable && settings.databaseUrl !== null ? { RF_DB_URL: databaseUrlForKamailio(settings.databaseUrl) } : {}),
  }
  return [
    '#!KAMAILIO',
    '# Written by Ringfence at each start; changes are lost.',
    ...(isDurable ? ['#!define WITH_DB'] : []),
    ...(settings.media === null ? [] : ['#!define WITH_MEDIA']),
    ...(settings.tls === null ? [] : ['#!define WITH_TLS_EDGE']),
    ...Object.entries(definitions).map(([name, value]) => `#!substdef "!${name}!${inSubstitution(String(value))}!g"`),
    `include_file "${join(packageRoot, 'src', 'switch', 'kamailio', 'kamailio.cfg')}"`,
    'event_route[htable:mod-init] {',
    ...emergencyTable().map(([number, where]) => `  $sht(emergency=>${number}) = "${where}";`),
    ...homeTable().map(([key, value]) => `  $sht(home=>${key}) = "${value}";`),
    '}',
    '',
  ].join('\n')
}

/** C5: each number with the countries where it is one; `*` for those that are one everywhere. */
export function emergencyTable(): [string, string][] {
  const table = new Map<string, string[]>()
  for (const [country, numbers] of Object.entries(EMERGENCY_NUMBERS)) {
    for (const number of numbers.split(' ')) table.set(number, [...(table.get(number) ?? []), country])
  }
  for (const number of emergencyNumbersOf(null)) table.set(number, ['*'])
  const rows = [...table].map(([number, where]): [string, string] => [number, where.join(' ')])
  return rows.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** C10: how a number at home is dialled in each country where a plan covers it, and what it looks like. */
export function homeTable(): [string, string][] {
  return WITH_CALLING_PLAN.flatMap(({ iso }) => (iso === 'US' ? ['US', 'PR'] : [iso])).flatMap(
    (location): [string, string][] => {
      const zone = homeZoneOf(location as Country)
      if (zone === null) return []
      return [
        [location, `${zone.callingCode}:${zone.internationalPrefix}:${zone.trunkPrefix}`],
        [`${location}/pattern`, zone.pattern],
        [`${location}/except`, zone.except],
      ]
    },
  )
}

/** Kamailio's address list: whoever calls from here is a carrier. One line is group, address, mask, port (0: any), name. */
export function trunkList(settings: KamailioSettings): string {
  return settings.trunks
    .map((trunk) => {
      const { host, port } = splitHostPort(trunk)
      return `1 ${host} 32 ${port} carrier\n`
    })
    .join('')
}

/** `203.0.113.7:5060`; the port is 5060 when there is none. */
export function splitHostPort(text: string): { host: string; port: number } {
  const match = /^(?<host>[^:]+)(?::(?<port>\d+))?$/.exec(text)
  return { host: match?.groups?.host ?? text, port: Number(match?.groups?.port ?? 5060) }
}

function inSubstitution(text: string): string {
  if (/[!"\n]/.test(text)) throw new Error(`Kamailio's configuration cannot hold this: ${text}`)
  return text
}

/** Kamailio takes no parameters after the database's name. */
function databaseUrlForKamailio(url: string): string {
  const { protocol, username, password, host, pathname } = new URL(url)
  return `${protocol}//${username}:${password}@${host}${pathname}`
}

/**
 * Makes Kamailio's tables. They are not a migration of ours: their shape belongs to the version of Kamailio that is installed
 * (5.6: dialog 7, location 9), and they hold nothing that another place does not know better.
 */
export async function makeKamailioTables(db: Queryable): Promise<void> {
  await db.execute(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`)
  for (const statement of TABLES) await db.execute(statement)
}

/**
 * Before Kamailio starts: how many seconds from their answer calls may last, by session. It writes down the lease that a call began with
 * and not what comes after, and would hang up each call that is older as soon as it reads it.
 */
export async function allowDialogs(db: Queryable, seconds: ReadonlyMap<string, number>): Promise<void> {
  await db.execute(
    `UPDATE ${SCHEMA}.dialog d SET timeout = greatest(d.timeout, d.start_time + lease.seconds + 1)
     FROM unnest($1::text[], $2::integer[]) lease (sid, seconds)
     JOIN ${SCHEMA}.dialog_vars v ON v.dialog_key = 'sid' AND v.dialog_value = lease.sid
     WHERE d.hash_entry = v.hash_entry AND d.hash_id = v.hash_id AND d.state IN (3, 4)`,
    [[...seconds.keys()], [...seconds.values()]],
  )
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS ${SCHEMA}.version (
     id serial PRIMARY KEY, table_name varchar(32) NOT NULL UNIQUE, table_version integer NOT NULL DEFAULT 0)`,
  `INSERT INTO ${SCHEMA}.version (table_name, table_version)
   VALUES ('version', 1), ('dialog', 7), ('dialog_vars', 1), ('location', 9), ('location_attrs', 1)
   ON CONFLICT (table_name) DO NOTHING`,
  `CREATE TABLE IF NOT EXISTS ${SCHEMA}.dialog (
     id serial PRIMARY KEY, hash_entry integer NOT NULL, hash_id integer NOT NULL, callid varchar(255) NOT NULL,
     from_uri varchar(255) NOT NULL, from_tag varchar(128) NOT NULL, to_uri varchar(255) NOT NULL,
     to_tag varchar(128) NOT NULL, caller_cseq varchar(20) NOT NULL, callee_cseq varchar(20) NOT NULL,
     caller_route_set varchar(512), callee_route_set varchar(512), caller_contact varchar(255) NOT NULL,
     callee_contact varchar(255) NOT NULL, caller_sock varchar(64) NOT NULL, callee_sock varchar(64) NOT NULL,
     state integer NOT NULL, start_time integer NOT NULL, timeout integer NOT NULL DEFAULT 0,
     sflags integer NOT NULL DEFAULT 0, iflags integer NOT NULL DEFAULT 0, toroute_name varchar(32),
     req_uri varchar(255) NOT NULL, xdata varchar(512))`,
  `CREATE INDEX IF NOT EXISTS dialog_hash_idx ON ${SCHEMA}.dialog (hash_entry, hash_id)`,
  `CREATE TABLE IF NOT EXISTS ${SCHEMA}.dialog_vars (
     id serial PRIMARY KEY, hash_entry integer NOT NULL, hash_id integer NOT NULL,
     dialog_key varchar(128) NOT NULL, dialog_value varchar(512) NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS dialog_vars_hash_idx ON ${SCHEMA}.dialog_vars (hash_entry, hash_id)`,
  `CREATE TABLE IF NOT EXISTS ${SCHEMA}.location (
     id serial PRIMARY KEY, ruid varchar(64) NOT NULL DEFAULT '' UNIQUE, username varchar(64) NOT NULL DEFAULT '',
     domain varchar(64), contact varchar(512) NOT NULL DEFAULT '', received varchar(128), path varchar(512),
     expires timestamp NOT NULL DEFAULT '2030-05-28 21:32:15', q real NOT NULL DEFAULT 1.0,
     callid varchar(255) NOT NULL DEFAULT 'Default-Call-ID', cseq integer NOT NULL DEFAULT 1,
     last_modified timestamp NOT NULL DEFAULT '2000-01-01 00:00:01', flags integer NOT NULL DEFAULT 0,
     cflags integer NOT NULL DEFAULT 0, user_agent varchar(255) NOT NULL DEFAULT '', socket varchar(64),
     methods integer, instance varchar(255), reg_id integer NOT NULL DEFAULT 0, server_id integer NOT NULL DEFAULT 0,
     connection_id integer NOT NULL DEFAULT 0, keepalive integer NOT NULL DEFAULT 0, partition integer NOT NULL DEFAULT 0)`,
  `CREATE INDEX IF NOT EXISTS location_account_idx ON ${SCHEMA}.location (username, domain, contact)`,
  `CREATE TABLE IF NOT EXISTS ${SCHEMA}.location_attrs (
     id serial PRIMARY KEY, ruid varchar(64) NOT NULL DEFAULT '', username varchar(64) NOT NULL DEFAULT '',
     domain varchar(64), aname varchar(64) NOT NULL DEFAULT '', atype integer NOT NULL DEFAULT 0,
     avalue varchar(512) NOT NULL DEFAULT '', last_modified timestamp NOT NULL DEFAULT '2000-01-01 00:00:01')`,
]
