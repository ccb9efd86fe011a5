import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics } from '../../reader.ts';
import type { ClassValue, Machine, Value } from '../../static/value.ts';
import { isKey } from './collect.ts';
import type { Container } from './container.ts';
import type { Decorator } from './decorators.ts';
import type { Applied } from './middleware.ts';
import type { Module } from './modules.ts';
import type { Settings } from './settings.ts';
import type { Metadata } from './steps.ts';

/** An application as its modules and its start put it together. */
export interface Assembled {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly modules: readonly Module[];
  readonly container: Container;
  readonly applied: readonly Applied[];
  readonly semantics: HandlerSemantics;
}

/** A method as a route of its controller. */
export interface Routed {
  readonly module: Module;
  readonly controller: ClassValue;
  /** The decorators of the controller and of the classes it extends, nearest first. */
  readonly above: readonly (readonly Decorator[])[];
  readonly declared: Decorator;
  readonly method: ts.MethodDeclaration;
  readonly decorators: readonly Decorator[];
  readonly verb: Decorator;
}

/** What `SetMetadata` and decorators made by `Reflector` say, the last to apply first. */
export function metadataOf(app: Assembled, decorators: readonly Decorator[]): Metadata[] {
  return decorators.flatMap(({ name, args }): Metadata[] => {
    const [first, second] = args;
    if (name === 'SetMetadata' && first && second) {
      const key = app.container.tokenOf(first);
      return key === undefined ? [] : [{ key, value: second }];
    }
    if (name !== 'KeyDecorator' || first?.kind !== 'native' || !isKey(first.native)) return [];
    const value: Value = second ?? { kind: 'literal', value: undefined, origin: null };
    return [{ key: first.native.key, value }];
  });
}
