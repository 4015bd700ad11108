/** Where the switch adapter tells what happened: details for machines, a sentence for people. A pino logger is one. */
export interface SipLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
