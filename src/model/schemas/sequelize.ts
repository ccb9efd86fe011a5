import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { reachedFiles } from '../files.ts';
import type { Schema, SchemaReader } from '../reader.ts';
import { type Options, propertiesOf } from './literals.ts';
import { addedBy, associationsIn } from './sequelize/associations.ts';
import { decoratedAssociations, decoratedIn } from './sequelize/decorated.ts';
import { modelOf, modelsIn } from './sequelize/models.ts';

/** Reads the models that Sequelize's `define` and `init` or decorators declare, and what associates them. */
export const sequelize = {
  name: 'sequelize',
  packages: ['sequelize', 'sequelize-typescript'],
  underMigrations: true,
  read(program, root): Schema {
    const files = reachedFiles(program, root).filter((file) =>
      program.matches(file, /sequelize|DataTypes|\.(belongsTo|hasMany|hasOne)\(/i),
    );
    const calls = files.flatMap((file) => callsIn(program, file));
    const usual = usualOptions(program, files);
    const decorated = decoratedIn(program, files);
    const models = [
      ...modelsIn(program, calls, usual),
      ...decorated.map((each) => modelOf(program, each, usual)),
    ];
    const associations = [
      ...associationsIn(calls, models),
      ...decoratedAssociations(program, models),
    ];
    const added = addedBy(associations, models);
    const byNode = new Map<ts.Node, (typeof models)[number]>();
    for (const model of models) byNode.set(model.node, model);
    const described = models.map((model) => {
      const { columns = [], foreignKeys = [], relations = [] } = added.get(model) ?? {};
      const table = {
        ...model.table,
        columns: [...model.table.columns, ...columns],
        foreignKeys: withoutRepeats(foreignKeys),
      };
      return { model, table, relations };
    });
    const byId = new Map(described.map((each) => [each.table.id, each]));
    return {
      tables: [...byId.values()].map(({ table }) => table).sort((a, b) => (a.id < b.id ? -1 : 1)),
      tableAt: (node) => byId.get(byNode.get(node)?.table.id ?? '')?.table,
      enumAt: () => undefined,
      relations: (table) => byId.get(table)?.relations ?? [],
      hiddenBy: (table) => byId.get(table)?.model.hiddenBy,
      classOf: (table) => {
        const node = byId.get(table)?.model.node;
        return node && ts.isClassLike(node) ? node : undefined;
      },
      findings: [],
    };
  },
} satisfies SchemaReader;

function callsIn(program: Program, file: string): ts.CallExpression[] {
  const wanted = program.matches(file, /\.(define|init|belongsTo|hasMany|hasOne)\s*\(/);
  const source = wanted ? program.source(file) : undefined;
  return source ? nodesIn(source, ts.isCallExpression) : [];
}

/** What `new Sequelize(…, { define: { … } })` has all models be. */
function usualOptions(program: Program, files: readonly string[]): Options {
  const made = files
    .filter((file) => program.matches(file, /new\s+\(?Sequelize/))
    .flatMap((file) => {
      const source = program.source(file);
      return source ? nodesIn(source, ts.isNewExpression) : [];
    });
  const options = made.flatMap(({ arguments: args = [] }) => args.map(propertiesOf));
  return propertiesOf(options.find((each) => each.has('define'))?.get('define'));
}

function nodesIn<Node extends ts.Node>(
  source: ts.SourceFile,
  isWanted: (node: ts.Node) => node is Node,
): Node[] {
  const found: Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isWanted(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function withoutRepeats<Key extends { readonly columns: readonly string[] }>(keys: readonly Key[]) {
  return [...new Map(keys.map((key) => [key.columns.join(), key])).values()];
}
