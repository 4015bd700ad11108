/** `npm run ringfence -- <command>`: what can be asked of Ringfence without a server. */
import { Command } from 'commander'
import { adviseCommand, continueCommand } from './advise.ts'
import { checkCommand } from './check.ts'

const program = new Command('npm run ringfence --').description('Business voice you can account for.')
program.addCommand(adviseCommand(process.env))
program.addCommand(continueCommand(process.env))
program.addCommand(checkCommand(process.env))
await program.parseAsync()
