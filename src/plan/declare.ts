import type { Plan } from './plan.ts';

const HEAD = `// Written by \`statewright plan\`: completes the ids of states where tests name them. Do not edit.
export {};
declare module 'statewright/states' {
  interface States {
`;

/** A TypeScript declaration of the plans' ids, each with the names of its rows and personas. */
export function declareStates(plans: readonly Plan[]): string {
  return `${HEAD}${plans.toSorted(byId).map(declaration).join('')}  }\n}\n`;
}

function declaration({ id, given }: Plan): string {
  const rows = unionOf(Object.keys(given.rows));
  const personas = unionOf(Object.keys(given.personas));
  return `    ${JSON.stringify(id)}: { rows: ${rows}; personas: ${personas} };\n`;
}

function unionOf(names: readonly string[]): string {
  return (
    names
      .toSorted()
      .map((name) => JSON.stringify(name))
      .join(' | ') || 'never'
  );
}

function byId(left: Plan, right: Plan): number {
  return left.id < right.id ? -1 : 1;
}
