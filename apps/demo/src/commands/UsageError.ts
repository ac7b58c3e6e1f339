/** A command line whose options do not go together. */
export class UsageError extends Error {}
