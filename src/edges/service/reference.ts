import * as z from 'zod';
import { ENDPOINTS, type Endpoint } from './contract.ts';
import { schemaName } from './openapi.ts';

/** The reference page: every endpoint with what it takes and gives. No script, nothing from elsewhere. */
export function referencePage(): string {
  const entries = Object.values<Endpoint>(ENDPOINTS);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Statewright · API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/app.css">
</head>
<body>
<main class="reference">
<h1>API</h1>
<p>Every request carries <code>Authorization: Bearer KEY</code>. Errors are problems (RFC 9457) whose <code>code</code> is permanent and whose <code>hint</code> says what to do. The same as OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>.</p>
<nav aria-label="Endpoints"><ul>${entries.map((item) => `<li><a href="#${anchor(item)}"><code>${item.method} ${item.path}</code></a></li>`).join('')}</ul></nav>
${entries.map(entry).join('\n')}
</main>
</body>
</html>
`;
}

function entry(endpoint: Endpoint): string {
  const { method, path, summary, scope, query, headers = {}, body, answers } = endpoint;
  const names = Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { type } = z.toJSONSchema(schema as z.ZodType, { io: 'input' });
    return `<code>${name}</code> (${type ?? 'string'})`;
  });
  const facts: [string, string][] = [
    ['Scope', scope === null ? 'no key needed' : scope],
    ...(names.length > 0 ? [['Query', names.join(', ')] as [string, string]] : []),
    ...Object.entries(headers).map(([name, text]): [string, string] => [name, inline(text)]),
    ...(body ? [['Body', shown(body)] as [string, string]] : []),
    ...Object.entries(answers).map(([status, answer]): [string, string] => [
      status,
      answer === null ? 'no body' : shown(answer),
    ]),
  ];
  return `<section id="${anchor(endpoint)}"><h2><code>${method} ${path}</code></h2>
<p>${inline(summary)}.</p>
<dl>${facts.map(([name, text]) => `<div><dt>${name}</dt><dd>${text}</dd></div>`).join('')}</dl></section>`;
}

function shown(answer: z.ZodType | string): string {
  if (typeof answer === 'string') return `<code>${answer}</code>`;
  const name = schemaName(answer) ?? 'JSON';
  const {
    $schema: _,
    $defs: __,
    ...schema
  } = z.toJSONSchema(answer, {
    io: 'input',
    unrepresentable: 'any',
  });
  const text = escaped(outline(schema, 0));
  return `<code>${name}</code><details><summary>its shape</summary><pre>${text}</pre></details>`;
}

const DEEPEST = 3;

/** A schema as one would write an example of it, three levels deep. */
function outline(schema: unknown, depth: number): string {
  const node = (typeof schema === 'object' && schema !== null ? schema : {}) as {
    readonly type?: unknown;
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly items?: unknown;
    readonly anyOf?: readonly unknown[];
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
  };
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.anyOf) return [...new Set(node.anyOf.map((item) => outline(item, depth)))].join(' | ');
  if (node.items) return `[${outline(node.items, depth)}]`;
  if (!node.properties) return typeof node.type === 'string' ? node.type : '…';
  if (depth >= DEEPEST) return '{…}';
  const pad = '  '.repeat(depth + 1);
  const lines = Object.entries(node.properties).map(
    ([name, value]) => `${pad}${name}: ${outline(value, depth + 1)}`,
  );
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

function anchor({ method, path }: Endpoint): string {
  return `${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function inline(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
