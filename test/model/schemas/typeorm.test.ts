import { expect, test } from 'vitest';
import { typeorm } from '../../../src/model/schemas/typeorm.ts';
import { programOf } from '../../setup/code.ts';

const program = programOf({
  'package.json': JSON.stringify({ name: 'app', dependencies: { typeorm: '^0.3' } }),
  'decorators.ts': `
    import { applyDecorators } from '@nestjs/common';
    import { Property } from '@mikro-orm/core';
    import { Column, Entity, Index, ManyToOne as Joined, PrimaryGeneratedColumn } from 'typeorm';
    export function TableEntity(name?: string, options?: object): ClassDecorator {
      return (target: any) => { Entity(name, options)(target); };
    }
    export function Field(typeOrOptions?: any, options?: any): PropertyDecorator {
      return (target: any, key: string) => {
        if (process.env.ORM === 'typeorm') Column({ type: typeOrOptions, ...options })(target, key);
        else Property(options)(target, key);
      };
    }
    export const Key = () => applyDecorators(PrimaryGeneratedColumn('uuid'), Index());
    export const Short = (length: number) => Field('varchar', { unique: true, length: 12 });
    export function To(target: any, options?: any): PropertyDecorator {
      return (of: any, key: string) => { Joined(target, options)(of, key); };
    }`,
  'harbour.entity.ts': `
    import { Field, Key, Short, TableEntity } from './decorators';
    abstract class Keyed { @Key() id: string; }
    @TableEntity('harbours')
    export class Harbour extends Keyed {
      @Short(12) code: string;
      @Field('numeric', { nullable: true }) depth: number;
    }`,
  'boat.entity.ts': `
    import { Field, Key, TableEntity, To } from './decorators';
    import { Harbour } from './harbour.entity';
    @TableEntity('boats', { schema: 'sea' })
    export class Boat {
      @Key() id: string;
      @Field({ nullable: false }) name: string;
      @To(() => Harbour, { nullable: true, onDelete: 'CASCADE' }) home: Harbour;
    }`,
  'app.ts': `import './harbour.entity'; import './boat.entity';`,
});

test('an app’s own decorators say what those of TypeORM do that they use', () => {
  const { tables, relations } = typeorm.read(program, '.');
  const told = tables.map(({ id, columns, primaryKey, uniques }) => [
    id,
    columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`),
    primaryKey,
    uniques.map((unique) => unique.columns.join()),
  ]);
  expect(told).toEqual([
    [
      'harbours',
      ['id uuid not null', 'code character varying(12) not null', 'depth numeric'],
      ['id'],
      ['code'],
    ],
    [
      'sea.boats',
      ['id uuid not null', 'name character varying not null', 'homeId uuid'],
      ['id'],
      [],
    ],
  ]);
  expect(tables[1]?.foreignKeys[0]?.onDelete).toBe('cascade');
  expect(relations('sea.boats').map(({ name, table, fields }) => [name, table, fields])).toEqual([
    ['home', 'harbours', ['homeId']],
  ]);
});

test('an enum’s members may stand for others of it', () => {
  const { tables } = typeorm.read(
    programOf({
      'package.json': JSON.stringify({ name: 'app', dependencies: { typeorm: '^0.3' } }),
      'sailor.entity.ts': `
        import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
        enum Rank { Mate = 'mate', Skipper = 'skipper', Usual = Rank.Mate }
        @Entity('sailors')
        export class Sailor {
          @PrimaryGeneratedColumn('uuid') id: string;
          @Column({ type: 'enum', enum: Rank, default: Rank.Usual }) rank: Rank;
        }`,
    }),
    '.',
  );
  const rank = tables[0]?.columns.find(({ name }) => name === 'rank');
  expect(rank?.default).toEqual({ kind: 'literal', value: 'mate' });
});

test('a column that a relation joins by is of the type at its other end', () => {
  const { tables } = typeorm.read(
    programOf({
      'package.json': JSON.stringify({ name: 'app', dependencies: { typeorm: '^0.3' } }),
      'sailor.entity.ts': `
        import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, RelationId } from 'typeorm';
        @Entity('boats')
        export class Boat {
          @PrimaryColumn({ type: 'int8' }) id: string;
        }
        @Entity('sailors')
        export class Sailor {
          @PrimaryColumn({ type: 'int8' }) id: string;
          @Column({ nullable: true }) @RelationId((sailor: Sailor) => sailor.boat) boat_id?: string;
          @JoinColumn({ name: 'boat_id' }) @ManyToOne(() => Boat) boat: Boat;
        }`,
    }),
    '.',
  );
  const columns = tables.find(({ id }) => id === 'sailors')?.columns;
  expect(columns?.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
    ['id', 'bigint', false],
    ['boat_id', 'bigint', true],
  ]);
});
