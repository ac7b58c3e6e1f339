/** A file's text, as Vite imports it. */
declare module "*?raw" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: it is Vite that exports it.
  export default text;
}
