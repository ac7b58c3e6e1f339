/**
 * Bytes in an `ArrayBuffer` of their own, as `Blob` takes them: `Uint8Array<ArrayBuffer>`, whose parameter TypeScript
 * has only from 5.7 on.
 */
export type Bytes = ReturnType<Uint8Array["slice"]>;
