/** An execution provider, by its name or with options of its own. */
export type ExecutionProvider =
  | string
  | { readonly name: string }
  | { readonly name: string; readonly [option: string]: unknown };

/** The options of onnxruntime's sessions; its documentation says which a build has. */
export interface SessionOptions {
  readonly executionProviders?: readonly ExecutionProvider[];
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly freeDimensionOverrides?: { readonly [dimension: string]: number };
  readonly graphOptimizationLevel?: "disabled" | "basic" | "extended" | "layout" | "all";
  readonly enableCpuMemArena?: boolean;
  readonly enableMemPattern?: boolean;
  readonly executionMode?: "sequential" | "parallel";
  readonly optimizedModelFilePath?: string;
  readonly enableProfiling?: boolean;
  readonly profileFilePrefix?: string;
  readonly logId?: string;
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  readonly logVerbosityLevel?: number;
  readonly preferredOutputLocation?: string | { readonly [output: string]: string };
  readonly enableGraphCapture?: boolean;
  readonly externalData?: readonly (string | object)[];
  readonly extra?: { readonly [name: string]: unknown };
}
