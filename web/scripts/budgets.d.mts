// What tests ask of the script of the budgets.
interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
  dynamicImports?: string[];
}
export function lateStyles(manifest: Record<string, Chunk>, start: string): string[];
