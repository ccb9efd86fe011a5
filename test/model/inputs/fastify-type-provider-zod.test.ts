import { expect, test } from 'vitest';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { outcomes, trace } from '../../setup/trace.ts';

test('an error is of a schema where a schema refused, and nowhere else', () => {
  const files = {
    'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5', zod: '4' } }),
    'app.ts': `
      import Fastify from 'fastify';
      import { hasZodFastifySchemaValidationErrors, isResponseSerializationError, validatorCompiler } from 'fastify-type-provider-zod';
      import { z } from 'zod';
      import { createClient } from 'redis';
      const redis = createClient();
      const app = Fastify({ bodyLimit: 1000 });
      app.setValidatorCompiler(validatorCompiler);
      app.setErrorHandler(async (error, request, reply) => {
        if (hasZodFastifySchemaValidationErrors(error)) return reply.code(400).send({ code: 'refused' });
        if (isResponseSerializationError(error)) return reply.code(500).send({ code: 'unserializable' });
        return reply.code(500).send({ code: 'unknown' });
      });
      app.post('/berths', { schema: { body: z.object({ name: z.string() }) } }, async (request) => {
        const count = await redis.incr(request.body.name);
        if (count > 10) throw new Error('too many');
        return { count };
      });
      app.listen({ port: 1 });`,
  };
  expect(outcomes(trace(files, 'POST /berths', fastify))).toEqual([
    'unknown~any-length-body>1000-or-malformed-body 500: (length(body) > 1000 | malformed body)',
    'refused 400: invalid body',
    'unknown~redis-createclient-incr-10 500: valid body & <redis.createClient.incr > 10>',
    '200 200: valid body & not <redis.createClient.incr > 10>',
  ]);
});
