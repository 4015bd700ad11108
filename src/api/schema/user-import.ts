/** What the import wizard and the API both check about files of users. */
import { z } from 'zod'
import { CSV_DELIMITERS } from '../../core/csv-import.ts'
import { USER_COLUMNS } from '../../core/user-csv.ts'
import { page } from '../contract.ts'
import { hint } from '../invalid.ts'

/** Bytes of a file of users: ten thousand rows of any sensible length. */
export const IMPORT_BYTES_MAX = 5 * 1_048_576

const COLUMNS_MAX = 200

const columnIndex = z.number().int().min(0).max(COLUMNS_MAX)

const twice = hint('each column of the file once', 'chaque colonne du fichier une seule fois')

export const mappingBody = z
  .strictObject({
    mapping: z
      .strictObject(Object.fromEntries(USER_COLUMNS.map((column) => [column, columnIndex.optional()])))
      .refine((mapping) => new Set(Object.values(mapping)).size === Object.values(mapping).length, { error: twice })
      .meta({ description: 'Which column of the file, counted from 0, is what' }),
    delimiter: z.enum(CSV_DELIMITERS).optional(),
    mayCreate: z.boolean().optional().meta({ description: 'Rows about nobody who is there make somebody new' }),
  })
  .meta({ example: { mapping: { name: 0, usageLocation: 1 } } })

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
