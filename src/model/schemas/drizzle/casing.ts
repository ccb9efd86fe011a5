import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Casing } from './tables.ts';

/** What `drizzle({ casing })` says about columns without a name; as in the code where nothing says. */
export function casingOf(program: Program, files: readonly string[]): Casing {
  for (const file of files) {
    const found = casingIn(program, program.source(file));
    if (found === 'snake_case') return snakeCase;
    if (found === 'camelCase') return camelCase;
  }
  return (property) => property;
}

function casingIn(program: Program, node: ts.Node | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isCallExpression(node) && isDrizzleCall(program, node)) {
    for (const argument of node.arguments) {
      const found = optionOf(argument);
      if (found) return found;
    }
  }
  return ts.forEachChild(node, (child) => casingIn(program, child));
}

function isDrizzleCall(program: Program, { expression }: ts.CallExpression): boolean {
  if (!ts.isIdentifier(expression)) return false;
  const meaning = program.meaning(expression);
  return (
    meaning?.kind === 'package' &&
    meaning.package.startsWith('drizzle-orm/') &&
    meaning.name === 'drizzle'
  );
}

function optionOf(argument: ts.Expression): string | undefined {
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  for (const property of argument.properties) {
    if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'casing') continue;
    return ts.isStringLiteralLike(property.initializer) ? property.initializer.text : undefined;
  }
  return undefined;
}

/** As Drizzle does it: words begin at capitals and after digits. */
function words(property: string): string[] {
  return (
    property
      .replace(/['\u2019]/g, '')
      .match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g)
      ?.map((word) => word.toLowerCase()) ?? [property]
  );
}

function snakeCase(property: string): string {
  return words(property).join('_');
}

function camelCase(property: string): string {
  return words(property)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
