/** Builds the console into `dist/admin` (or RINGFENCE_ADMIN_DIST): hashed files, each with its compressed twins beside it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const outDir = process.env.RINGFENCE_ADMIN_DIST ?? join(here, '../../dist/admin')

/** Compressed once, here, so that the server never does. Pictures and fonts are small as they are. */
const compressed = (): Plugin => ({
  name: 'compressed',
  closeBundle() {
    for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|css|svg)$/.test(name)) continue
      const file = join(outDir, name)
      const bytes = readFileSync(file)
      writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
      writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
    }
  },
})

/** The two faces that every page shows at once are fetched with the style sheet, not after it. */
const fontsFirst = (): Plugin => ({
  name: 'fonts-first',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((name) => /inter-latin-(400|600)-normal.*\.woff2$/.test(name))
        .map((name) => ({
          tag: 'link',
          injectTo: 'head' as const,
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${name}`, crossorigin: true },
        })),
  },
})

export default defineConfig({
  root: here,
  base: '/',
  // src/api/console.ts puts a new one into each answer: griffel writes its style sheets with it.
  html: { cspNonce: 'RINGFENCE-NONCE' },
  plugins: [react(), fontsFirst(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // A data: address would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
    // The core and the schemas do nothing when they are loaded: what a page does not name is left out.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !/\/src\/(core|api)\//.test(id) } },
  },
})
