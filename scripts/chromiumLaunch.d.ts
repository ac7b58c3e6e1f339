/** For the compiled benchmarks, which do not read types from JavaScript. */
export function chromiumLaunch():
  | {
      readonly executablePath: string;
      readonly timeout: number;
      readonly args: string[];
      readonly chromiumSandbox: boolean;
    }
  | undefined;
