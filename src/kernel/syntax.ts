/**
 * The one door to a TypeScript parser. Walk with `ts.forEachChild`; never wrap every node
 * (wrapping costs more than parsing).
 */
// biome-ignore lint/performance/noBarrelFile: the rest of src must not know which package parses
export { ts } from 'ts-morph';
