// What is used of packages that bring no types.
declare module 'd3-dsv' {
  export function csvParseRows(text: string): string[][];
}
