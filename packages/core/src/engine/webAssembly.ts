/** A memory. Growing it detaches its buffer and makes another; core grows none of its own. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** As much of the WebAssembly API as core uses: it is in every browser and Node, but not in the ES2022 types. */
interface WasmApi<Exports> {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: {
      readonly env: { readonly memory: WasmMemory };
      readonly layout: { readonly BASE: number };
    },
  ) => { readonly exports: Exports };
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}

declare const WebAssembly: WasmApi<KernelExports> | undefined;

/** A number that the module exports. */
interface Constant {
  readonly value: number;
}

/**
 * What packages/core/kernels/index.ts exports. Addresses are bytes from the memory's start, and need no
 * alignment; blocks and thresholds are the mask contract's.
 */
export interface KernelExports {
  readonly PAGE: Constant;
  readonly FIELD: Constant;
  readonly FIELD_ENTRIES: Constant;
  readonly CHUNK: Constant;
  readonly CHUNK_FLOATS: Constant;
  /** Prepares the generator; what is drawn later is of this key. */
  setKey(key0: number, key1: number, step: number): void;
  fieldBytes(to: number, tiles: number, block: number, threshold: number): void;
  fieldUniform(to: number, tiles: number, block: number): void;
  selectDense(
    x: number,
    y: number,
    entries: number,
    block: number,
    threshold: number,
    scale: number,
    shift: number,
    dropped: number,
  ): void;
  selectShared(
    x: number,
    y: number,
    field: number,
    outer: number,
    rows: number,
    columns: number,
    inner: number,
    scale: number,
    shift: number,
    dropped: number,
  ): void;
  denseForward(
    x: number,
    w: number,
    y: number,
    examples: number,
    rows: number,
    columns: number,
    tile: number,
    skip: number,
    strideTiles: number,
    strideRest: number,
    threshold: number,
  ): void;
  denseBackward(
    x: number,
    w: number,
    dy: number,
    dx: number,
    dw: number,
    examples: number,
    rows: number,
    columns: number,
    tile: number,
    skip: number,
    strideTiles: number,
    strideRest: number,
    threshold: number,
  ): void;
}

/** Makes instances of a compiled module. */
export interface KernelModule {
  /** A memory of so many pages of 64 kB, which never grows. */
  makeMemory(pages: number): WasmMemory;
  /** Kernels over a memory, whose own 64 kB start at an address, a multiple of 16. */
  instantiate(memory: WasmMemory, base: number): KernelExports;
}

/**
 * Compiles a module from hexadecimal bytes; undefined where WebAssembly or its SIMD is missing, or a content
 * security policy forbids it.
 */
export function compile(hex: string): KernelModule | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const { Module, Instance, Memory } = WebAssembly;
  try {
    const bytes = hex.match(/../g) ?? [];
    const module = new Module(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
    return {
      makeMemory: (pages) => new Memory({ initial: pages, maximum: pages }),
      instantiate: (memory, base) =>
        new Instance(module, { env: { memory }, layout: { BASE: base } }).exports,
    };
  } catch {
    return undefined;
  }
}
