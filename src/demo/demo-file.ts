/** The demonstration's secrets, for those who may read the data folder. */

/** What `npm run call` needs; kept in `demo.json` of the data folder, readable by its owner only. */
export interface DemoFile {
  readonly tenants: readonly {
    readonly id: string
    readonly name: string
    readonly sipDomain: string
    /** Scopes `tenant` and `switch`, of this tenant only. */
    readonly key: string
    readonly users: readonly { readonly id: string; readonly sipUsername: string; readonly sipPassword: string }[]
  }[]
}

export const DEMO_FILE = 'demo.json'
