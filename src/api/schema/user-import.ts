/** What the import wizard and the API both check about files of users. */
import { z } from 'zod'
import { CSV_DELIMITERS } from '../../core/csv-import.ts'
import { USER_COLUMNS } from '../../core/user-csv.ts'
import { page } from '../contract.ts'
import { hint } from '../invalid.ts'

/** Bytes of a file of users: ten thousand rows of any sensible length. */
export const IMPORT_BYTES_MAX = 5 * 1_048_576

const COLUMNS_MAX = 200

const twice = hint('each of them once', 'chacun une seule fois')

export const mappingBody = z
  .strictObject({
    columns: z
      .array(z.enum(USER_COLUMNS).nullable())
      .max(COLUMNS_MAX)
      .refine((columns) => isOnce(columns.filter((column) => column !== null)), { error: twice })
      .meta({ description: 'What each column of the file is, in their order; null: it is not read' }),
    delimiter: z.enum(CSV_DELIMITERS).optional(),
    mayCreate: z.boolean().optional().meta({ description: 'Rows about nobody who is there make somebody new' }),
  })
  .meta({ example: { columns: ['name', 'usageLocation', null] } })

const isOnce = (names: readonly string[]): boolean => new Set(names).size === names.length

export const VERDICTS = ['create', 'change', 'same', 'error'] as const

export const dryRunQuery = z.strictObject({ ...page, verdict: z.enum(VERDICTS).optional() })

// A control character in a name would end up in a header.
export const fileName = z
  .string()
  .max(200)
  .regex(/^[^/\\<>:"|?*]*$/, {
    error: hint('a file name', 'un nom de fichier'),
  })
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), { error: hint('a file name', 'un nom de fichier') })
  .default('users.csv')
