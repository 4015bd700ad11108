/** Ids as the API takes them. */
import { z } from 'zod'
import { formatId, type IdKind, parseId, type Uuid } from '../../core/ids.ts'

const EXAMPLE = '019a7f3c-5d20-7b61-9c0e-52d8f1a6b374' as Uuid

/** `ten_…`: an id of one kind, handed on as the UUID in the store. Ids of another kind or shape do not exist. */
export const idOf = <Id extends Uuid>(kind: IdKind) =>
  z
    .string()
    .max(64)
    .regex(/^[\w-]*$/)
    .meta({ example: formatId(kind, EXAMPLE) })
    .transform((text): Id | null => parseId(kind, text) as Id | null)
