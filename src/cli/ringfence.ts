/** `npm run ringfence -- <command>`: what can be asked of Ringfence without a server, or beside one (D3). */
import { Command } from 'commander'
import { adviseCommand, continueCommand } from './advise.ts'
import { auditCommand } from './audit.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { checkCommand } from './check.ts'

const program = new Command('npm run ringfence --').description('Business voice you can account for.')
program.addCommand(adviseCommand(process.env))
program.addCommand(continueCommand(process.env))
program.addCommand(checkCommand(process.env))
program.addCommand(auditCommand(process.env))
program.addCommand(backupCommand(process.env))
program.addCommand(restoreCommand(process.env))
await program.parseAsync()
