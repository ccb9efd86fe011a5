/**
 * The one door to a TypeScript parser. Walk with `ts.forEachChild`; never wrap every node
 * (wrapping costs more than parsing).
 */
export { ts } from 'ts-morph';
