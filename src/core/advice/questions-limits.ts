/** More people than any tenant may license are no longer five questions. */
export const PEOPLE_MAX = 2_000
