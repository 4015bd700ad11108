/** Every kind of import and export that this server can do. */
import type { JobContext } from './index.ts'
import { adviseJob } from './job-advise.ts'
import type { JobKind } from './job-kind.ts'
import { changeUsers, importUsers, type UserJobContext } from './job-users.ts'
import { whatIfJob } from './job-what-if.ts'

export type JobKindContext = JobContext & UserJobContext

export const jobKinds = (context: JobKindContext): readonly JobKind[] => [
  importUsers(context),
  changeUsers(context),
  adviseJob,
  whatIfJob,
]
