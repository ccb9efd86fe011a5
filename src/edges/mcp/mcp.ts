import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import * as z from 'zod';
import { aborted } from '../../kernel/aborted.ts';
import { defineOperation } from '../../kernel/operation.ts';
import type { Place } from '../../operations/place.ts';
import { openWorkshop } from '../../operations/workshop.ts';

export const mcp = defineOperation({
  name: 'mcp',
  summary: 'Serve a repo’s endings, plans and states to coding agents, as MCP on stdin and stdout',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to serve' }),
    readOnly: z.boolean().default(false).describe('Offer only tools that change nothing'),
    db: z.string().optional().describe('Set states up in this enrolled database, not in clones'),
    app: z.string().optional().describe('Where your app runs on that database'),
    port: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe('Serve over HTTP on this port of 127.0.0.1 instead; 0: any'),
  }),
  output: z.object({}),
  run: async (input, place: Place) => {
    const { openMcp } = await import('./server.ts');
    const target = {
      path: resolve(input.path),
      db: input.db ?? null,
      app: input.app ?? null,
    };
    const { readOnly, port } = input;
    // States stand between its calls.
    const { emit, signal, killable: _, ...checkout } = place;
    // Handles hold as long as the server that gave them out: it stands as long as we do.
    await using _workshop =
      readOnly || target.db !== null ? null : await openWorkshop(place.home, place);
    const open = () => openMcp({ target, checkout, readOnly, signal });
    if (port === undefined) {
      const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
      const server = open();
      const closed = new Promise<void>((done) => {
        server.server.onclose = done;
        process.stdin.once('end', done);
      });
      await server.connect(new StdioServerTransport());
      await Promise.race([closed, aborted(signal)]);
      await server.close();
      return {};
    }
    const { serveMcp } = await import('./http.ts');
    const token = place.env['STATEWRIGHT_MCP_TOKEN'] || randomBytes(24).toString('base64url');
    const served = await serveMcp({ port, token, open });
    const shown = place.env['STATEWRIGHT_MCP_TOKEN'] ? '$STATEWRIGHT_MCP_TOKEN' : token;
    emit({ kind: 'note', note: `Serving ${served.url} (bearer token ${shown}).` });
    await aborted(signal);
    await served.close();
    return {};
  },
});
