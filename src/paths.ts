import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder with Ringfence's package.json. Found by walking up, since this file runs from `src/` (tsx, vitest) and from
 * `dist/` (npm start), and what is read at run time beside the code (migrations, the page) exists once, under this root.
 */
export const packageRoot: string = findPackageRoot(dirname(fileURLToPath(import.meta.url)))

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('package.json of Ringfence not found above its own code: reinstall Ringfence')
  return findPackageRoot(parent)
}
