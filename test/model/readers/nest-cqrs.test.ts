import { describe, expect, test } from 'vitest';
import { nest } from '../../../src/model/readers/nest.ts';
import { outcomes, trace } from '../../setup/trace.ts';

/** A ferry whose controllers hand what is asked of them to buses. */
const ferry = (handler: string, more = '') => ({
  'package.json': JSON.stringify({ name: 'ferry', dependencies: { '@nestjs/core': '10' } }),
  'main.ts': `
    import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module';
    async function bootstrap() { const app = await NestFactory.create(AppModule); } bootstrap();`,
  'commands.ts': `
    import { Command } from '@nestjs/cqrs';
    export class Board { constructor(readonly ticket: string) {} }
    export class Leave { constructor(readonly ticket: string) {} }
    export class Seats extends Command<number> { constructor(readonly deck: string) { super(); } }`,
  'app.module.ts': `
    import { Controller, ConflictException, HttpException, Injectable, Module, Param, Post } from '@nestjs/common';
    import { AggregateRoot, CommandBus, CommandHandler, CqrsModule, EventBus, EventPublisher, QueryBus, QueryHandler } from '@nestjs/cqrs';
    import { Board, Leave, Seats } from './commands';
    @Injectable() class Crew { isThere() { return process.env.CREW === 'yes'; } }
    @CommandHandler(Board) class Boarding {
      constructor(private readonly crew: Crew) {}
      async execute(command: Board) {
        if (command.ticket === 'torn') throw new ConflictException('torn');
        if (!this.crew.isThere()) throw new HttpException('nobody', 503);
        return { ticket: command.ticket };
      }
    }
    @QueryHandler(Seats) class Seating {
      async execute({ deck }: Seats) { if (deck === 'roof') throw new HttpException('no seats', 404); return 3; }
    }
    ${more}
    @Controller('tickets') class Tickets {
      constructor(private readonly commands: CommandBus, private readonly queries: QueryBus,
        private readonly events: EventBus, private readonly publisher: EventPublisher) {}
      @Post(':ticket') async post(@Param('ticket') ticket: string) { ${handler} }
    }
    const handlers = [Boarding, Seating];
    @Module({ imports: [CqrsModule], controllers: [Tickets], providers: [Crew, ...handlers] }) export class AppModule {}`,
});
const answers = (handler: string, more?: string) =>
  outcomes(trace(ferry(handler, more), 'POST /tickets/:ticket', nest));

describe('buses of @nestjs/cqrs', () => {
  test('a command is answered by the provider decorated with its class', () => {
    expect(answers('return this.commands.execute(new Board(ticket));')).toEqual([
      'ConflictException 409: params.ticket = "torn"',
      'nobody 503: params.ticket != "torn" & env.CREW != "yes"',
      '201 201: params.ticket != "torn" & env.CREW = "yes"',
    ]);
  });

  test('so is a query', () => {
    expect(answers('return { left: await this.queries.execute(new Seats(ticket)) };')).toEqual([
      'no-seats 404: params.ticket = "roof"',
      '201 201: params.ticket != "roof"',
    ]);
  });

  test('what nothing is decorated for may answer anything', () => {
    expect(
      answers(
        "const left = await this.commands.execute(new Leave(ticket)); if (left) throw new HttpException('left', 410); return {};",
      ),
    ).toEqual(['left 410: [left]', '201 201: not [left]']);
  });

  test('events have no say in the answer', () => {
    const more =
      'class Trip extends AggregateRoot { board(ticket) { this.apply({ ticket }); return ticket; } }';
    const handler = `
      const trip = this.publisher.mergeObjectContext(new Trip()); const said = trip.board(ticket); trip.commit();
      this.events.publish({ ticket }); if (said === 'torn') throw new HttpException('torn', 409); return {};`;
    expect(answers(handler, more)).toEqual([
      'torn 409: params.ticket = "torn"',
      '201 201: params.ticket != "torn"',
    ]);
  });
});
