import { object } from '../../trace/terms.ts';
import { literal, stringOf, type Value } from '../../trace/values.ts';
import { fieldsOf } from '../records/read.ts';

const OPTIONS = ['where', 'relations', 'take', 'skip', 'withDeleted', 'order', 'select', 'lock'];

/** Find options as records are read by: `relations` are what is included. */
export function findOptions(options: Value): Value {
  const fields = fieldsOf(options);
  const kept = ['where', 'take', 'skip', 'withDeleted'].flatMap((name) => {
    const value = fields.get(name);
    return value ? [[name, value] as const] : [];
  });
  const relations = fields.get('relations');
  return object(relations ? [...kept, ['include', included(relations)] as const] : kept);
}

/** Conditions alone (`findOneBy`, `findBy`), or an older call's whole options. */
export function conditionsOnly(where: Value): Value {
  return object([['where', where]]);
}

/** Whether an object is options rather than conditions, as `find` and `count` once took either. */
export function isOptions(value: Value): boolean {
  return [...fieldsOf(value).keys()].some((name) => OPTIONS.includes(name));
}

/** `['author', 'author.team']` and `{ author: { team: true } }` as nested includes. */
function included(relations: Value): Value {
  if (relations.kind !== 'array') return nested(relations);
  const tree: Tree = new Map();
  for (const { value } of relations.items.value) {
    let at = tree;
    for (const part of (stringOf(value) ?? '').split('.').filter(Boolean)) {
      const below = at.get(part) ?? new Map();
      at.set(part, below);
      at = below;
    }
  }
  return ofTree(tree);
}

type Tree = Map<string, Tree>;

function ofTree(tree: Tree): Value {
  return object(
    [...tree].map(([name, below]) => [name, object([['include', ofTree(below)]])] as const),
  );
}

function nested(relations: Value): Value {
  return object(
    [...fieldsOf(relations)].map(([name, value]) => [
      name,
      value.kind === 'object' ? object([['include', nested(value)]]) : (value ?? literal(true)),
    ]),
  );
}
