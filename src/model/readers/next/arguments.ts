import { ts } from '../../../kernel/syntax.ts';
import type { ServerAction } from '../../model.ts';
import type { JsonSchema } from '../../reader.ts';

type Argument = ServerAction['arguments'][number];

/**
 * What an action is called with, in order: a form is what its parameter says, before it stands the state it was
 * shown with, and before that what a page bound: a parameter of its own path by the same name, else anything.
 */
export function argumentsOf(action: ts.Node, path: string): Argument[] {
  const parameters = parametersOf(action);
  const form = parameters.findIndex(isForm);
  const segments = path.split('/').filter(Boolean);
  return parameters.map(({ name }, index): Argument => {
    if (index === form) return 'form';
    if (index === form - 1) return 'state';
    const own = ts.isIdentifier(name) ? name.text : `argument${index}`;
    const segment = segments.indexOf(`:${own}`);
    return segment < 0 ? { body: own } : { segment };
  });
}

/** The schema of what an action is called with beside a form. */
export function argumentTypes(action: ts.Node): ReadonlyMap<string, JsonSchema> {
  return new Map(
    parametersOf(action).flatMap(({ name, type }): [string, JsonSchema][] => {
      const said = type?.getText() ?? '';
      const plain = /^(string|number|boolean)$/.test(said) ? { type: said } : {};
      return ts.isIdentifier(name) ? [[name.text, plain]] : [];
    }),
  );
}

function parametersOf(action: ts.Node): readonly ts.ParameterDeclaration[] {
  const value = ts.isVariableDeclaration(action) ? action.initializer : action;
  return value && ts.isFunctionLike(value) ? [...value.parameters].filter(ts.isParameter) : [];
}

function isForm({ name, type }: ts.ParameterDeclaration): boolean {
  if (type) return type.getText() === 'FormData';
  return ts.isIdentifier(name) && /^(form|formData|data)$/.test(name.text);
}
