import type { Table } from '../../db/db.ts';
import { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader } from '../reader.ts';
import { spreadItems } from '../trace/composites.ts';
import { databaseError } from '../trace/errors.ts';
import type { Machine } from '../trace/machine.ts';
import { textOf } from '../trace/source.ts';
import { termsIn } from '../trace/terms.ts';
import { type Special, UNDEFINED, unknown, type Value } from '../trace/values.ts';
import { runSql } from './sql/run.ts';
import { withText } from './sql/text.ts';
import { activeCall } from './typeorm/active.ts';
import { entityOf } from './typeorm/entity.ts';
import { operatorCall } from './typeorm/operators.ts';
import { repository } from './typeorm/repository.ts';

const MANAGERS = /^(DataSource|EntityManager|Connection|QueryRunner)$/;

/** TypeORM's repositories, managers and query builders, and entities that are their own. */
export const typeorm = {
  name: 'typeorm',
  from: /^typeorm$/,
  call: (machine, { name, args, node, made }) => {
    if (made) return MANAGERS.test(name) ? manager(machine) : undefined;
    if (/^(getManager|getConnection|createConnection)$/.test(name)) return manager(machine);
    if (name === 'getRepository') return repositoryOf(machine, args[0]);
    return operatorCall(name, { args, node });
  },
  typed: (machine, { name, args }) => {
    if (MANAGERS.test(name)) return manager(machine);
    const table = /^(Tree)?Repository$/.test(name) ? entityNamed(machine, args[0]) : undefined;
    return table && repository(machine, table);
  },
  guess: activeCall,
} satisfies QueryReader;

/** The table of an entity named as a type. */
function entityNamed(machine: Machine, type: ts.TypeNode | undefined): Table | undefined {
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const meaning = machine.deps.program.meaning(type.typeName);
  return meaning?.kind === 'declared' ? machine.deps.schema.tableAt(meaning.node) : undefined;
}

function repositoryOf(machine: Machine, entity: Value | undefined): Special | undefined {
  const table = entityOf(machine, entity);
  return table && repository(machine, table);
}

/** A data source, a manager or a query runner: any of them reaches every entity. */
function manager(machine: Machine): Special {
  const made: Special = {
    kind: 'special',
    name: 'EntityManager',
    get: (name) => (['manager', 'connection', 'queryRunner'].includes(name) ? made : undefined),
    invoke: (method, args, node) => managerCall(machine, made, { name: method, args, node }),
  };
  return made;
}

const DONE =
  /^(initialize|destroy|connect|release|startTransaction|commitTransaction|rollbackTransaction)$/;

function managerCall(
  machine: Machine,
  made: Special,
  { name, args, node }: QueryCall,
): Value | undefined {
  const [first = UNDEFINED, ...rest] = args;
  if (name === 'getRepository' || name === 'getTreeRepository') return repositoryOf(machine, first);
  if (name === 'withRepository') return first;
  if (name === 'createQueryRunner') return made;
  if (DONE.test(name)) return name === 'initialize' ? made : UNDEFINED;
  if (name === 'transaction') {
    const work = args.at(-1) ?? UNDEFINED;
    return machine.settle(machine.call(work, [made], node), node);
  }
  if (name === 'query') return raw(machine, { args, node });
  const own = repositoryOf(machine, first);
  // `manager.save(entity)` tells the table by the entity it is given.
  const onward = first.kind === 'class' ? rest : args;
  return own && machine.invoke(own, { name, args: onward }, node);
}

function raw(machine: Machine, { args, node }: { args: readonly Value[]; node: ts.Node }): Value {
  const [text = UNDEFINED, values] = args;
  const params = values ? spreadItems(values).map((item) => item.value) : [];
  const rows = withText(machine, { value: text, given: params.length, node }, (assembled) => {
    const said = { text: assembled.text, params: [...params, ...assembled.added], node };
    const done = runSql(machine, { ...said, error: databaseError });
    return done?.kind === 'nothing' ? UNDEFINED : done;
  });
  return rows ?? unknown(textOf(node), args.flatMap(termsIn));
}
