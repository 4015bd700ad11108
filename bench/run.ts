/** `npm run bench -- <name> [--json] [options]`: the benchmarks, each in its file. See bench/README.md. */
const BENCHES = {
  charging: () => import('./charging.ts'),
  sip: () => import('./sip.ts'),
  rating: () => import('./rating.ts'),
  advice: () => import('./advice.ts'),
  console: () => import('./console.ts'),
} as const

const [name] = process.argv.slice(2)
if (name === undefined || !Object.hasOwn(BENCHES, name)) {
  console.error(`which benchmark? ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
process.argv.splice(2, 1)
await BENCHES[name as keyof typeof BENCHES]()
