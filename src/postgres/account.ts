/** The operating system account that runs PostgreSQL, which refuses to run as root. */
import { readFileSync, statSync } from 'node:fs'
import { errorCode } from './process.ts'

export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * Null for a plain user: PostgreSQL runs as the same user. For root: the owner of the data directory when there is one
 * (a home made by a plain user stays his), else `nobody`. Throws when the data directory belongs to somebody else.
 */
export function serverAccount(dataDir: string): Account | null {
  const me = process.getuid?.()
  const owner = ownerOf(dataDir)
  if (me === undefined) return null
  if (me === 0) return owner !== null && owner.uid !== 0 ? owner : nobody()
  if (owner !== null && owner.uid !== me) {
    throw new Error(
      `${dataDir} belongs to user id ${owner.uid}, and Ringfence runs as ${me}. Run it as before (as that user or as ` +
        'root), or give the whole RINGFENCE_HOME to this user with chown -R.',
    )
  }
  return null
}

function ownerOf(path: string): Account | null {
  try {
    const { uid, gid } = statSync(path)
    return { uid, gid }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw new Error(`${path} cannot be read as user id ${process.getuid?.()}: ${String(error)}`)
  }
}

function nobody(): Account {
  const fields = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':')
  // macOS writes its nobody as -2, which the system calls take as an unsigned number.
  const id = (text: string | undefined): number => (text === undefined ? 65534 : Number(text) >>> 0)
  return { uid: id(fields?.[2]), gid: id(fields?.[3]) }
}
