import { type Field, getSchema, type Model } from '@mrleebo/prisma-ast';
import type { Table, Unique } from '../../db/db.ts';
import { type Finding, finding } from '../../kernel/finding.ts';
import { isInside, type Program } from '../../repo/repo.ts';
import type { Schema, SchemaReader } from '../reader.ts';
import {
  type Arguments,
  attributeOf,
  blockAttributes,
  namesIn,
  textOf,
} from './prisma/attributes.ts';
import { columnOf, type Enum } from './prisma/columns.ts';
import { type Entry, foreignKeysOf, joinTables, relationsOf } from './prisma/relations.ts';

type Block = ReturnType<typeof getSchema>['list'][number];

/** Reads `schema.prisma`, whole or split over a folder, as the tables its migrations make. */
export const prisma = {
  name: 'prisma',
  packages: ['@prisma/client', 'prisma', '@prisma/adapter-pg'],
  read(program, root): Schema {
    const findings: Finding[] = [];
    const blocks = schemaFiles(program, root).flatMap((file) => blocksOf(program, file, findings));
    const enums = enumsOf(blocks);
    const entries = new Map(
      blocks.flatMap((block) =>
        block.type === 'model' ? [[block.name, entryOf(block, enums)] as const] : [],
      ),
    );
    const tables = [...entries.values()].map((entry) => ({
      ...entry.table,
      foreignKeys: foreignKeysOf(entry, entries).sort(byName),
    }));
    const relations = new Map(
      [...entries.values()].map((entry) => [entry.table.id, relationsOf(entry, entries)]),
    );
    return {
      tables: [...tables, ...joinTables(entries)].sort((a, b) => (a.id < b.id ? -1 : 1)),
      tableAt: () => undefined,
      enumAt: () => undefined,
      labelOf: (type, label) => enums.get(type)?.labels.get(label),
      relations: (table) => relations.get(table) ?? [],
      findings,
    };
  },
} satisfies SchemaReader;

function byName(a: { name: string | null }, b: { name: string | null }): number {
  return (a.name ?? '') < (b.name ?? '') ? -1 : 1;
}

/**
 * The package's own schema; in a workspace, where it has none, or only what a client is generated with, that of the
 * package that does.
 */
function schemaFiles(program: Program, root: string): string[] {
  const all = program.repo.files.map(({ path }) => path).filter((path) => /\.prisma$/.test(path));
  const own = all.filter((path) => isInside(path, root));
  return own.some((path) => /^\s*model\s/m.test(program.text(path) ?? '')) ? own : all;
}

function blocksOf(program: Program, file: string, findings: Finding[]): Block[] {
  const text = program.text(file);
  if (text === undefined) return [];
  try {
    return getSchema(text).list;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const facts = { reason, text: file };
    findings.push(finding('model.unresolvedSchema', { severity: 'warning', file, line: 1, facts }));
    return [];
  }
}

function enumsOf(blocks: readonly Block[]): Map<string, Enum> {
  return new Map(
    blocks.flatMap((block): [string, Enum][] => {
      if (block.type !== 'enum') return [];
      const labels = block.enumerators.flatMap((each): [string, string][] => {
        if (each.type !== 'enumerator') return [];
        const mapped = each.attributes?.find(({ name }) => name === 'map')?.args?.[0]?.value;
        return [[each.name, textOf(mapped) ?? each.name]];
      });
      const map = block.enumerators.find(
        (each) => each.type === 'attribute' && each.name === 'map',
      );
      const type = map && 'args' in map ? textOf(map.args?.[0]?.value) : undefined;
      return [[block.name, { type: type ?? `"${block.name}"`, labels: new Map(labels) }]];
    }),
  );
}

function entryOf(model: Model, enums: ReadonlyMap<string, Enum>): Entry {
  const fields = model.properties.filter((each): each is Field => each.type === 'field');
  const said = (name: string) => blockAttributes(model.properties, name);
  const name = textOf(said('map')[0]?.rest[0]) ?? model.name;
  const schema = textOf(said('schema')[0]?.rest[0]) ?? 'public';
  const columns = fields.flatMap((field) => columnOf(field, { enums, table: name }) ?? []);
  const sqlNames = (about: Arguments) =>
    namesIn(about.named.get('fields') ?? about.rest[0]).map(
      (each) => columns.find(({ property }) => property === each)?.name ?? each,
    );
  const inline = fields.filter((field) => attributeOf(field, 'id'));
  const keyed = columns.filter(({ property }) => inline.some((field) => field.name === property));
  const uniques = [
    ...fields.flatMap((field) => {
      const about = attributeOf(field, 'unique');
      const column = columns.find(({ property }) => property === field.name);
      return about && column ? [uniqueOf(name, [column.name], about)] : [];
    }),
    ...said('unique').map((about) => uniqueOf(name, sqlNames(about), about)),
  ];
  const [wholeKey] = said('id');
  const table: Table = {
    id: schema === 'public' ? name : `${schema}.${name}`,
    schema,
    name,
    property: model.name.charAt(0).toLowerCase() + model.name.slice(1),
    columns,
    primaryKey: wholeKey ? sqlNames(wholeKey) : keyed.map((column) => column.name),
    uniques: uniques.sort(byName),
    foreignKeys: [],
    checks: [],
    triggers: null,
  };
  return { model, fields, table };
}

function uniqueOf(table: string, columns: string[], about: Arguments): Unique {
  return {
    name: textOf(about.named.get('map')) ?? [table, ...columns, 'key'].join('_'),
    columns,
    expressions: [],
    where: null,
    nullsNotDistinct: false,
  };
}
