declare const brand: unique symbol

/** A value that only one place may make: `E164` from `parseE164`, `Micros` from `money.ts`, ids from `ids.ts`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: { readonly [K in Name]: true } }
