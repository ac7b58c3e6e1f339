/** A name as command lines and pages spell it: `drop-block` of `dropBlock`. */
export const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
