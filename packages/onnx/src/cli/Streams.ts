/** What commands write to. */
export type Streams = Pick<NodeJS.Process, "stdout" | "stderr">;
