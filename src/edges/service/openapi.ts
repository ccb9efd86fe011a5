import * as z from 'zod';
import { Model } from '../../model/model.ts';
import { Plan } from '../../plan/plan.ts';
import { Proof } from '../../proof/proof.ts';
import { Scenario } from '../../scenarios/scenarios.ts';
import { ENDPOINTS, type Endpoint } from './contract.ts';
import * as shapes from './shapes.ts';

/** Schemas that have a name of their own in the document. */
const NAMED = {
  Model,
  Plan,
  Scenario,
  Problem: shapes.Problem,
  PlanRequest: shapes.PlanRequest,
  Planning: shapes.Planning,
  PlanningSummary: shapes.PlanningSummary,
  PlanningPage: shapes.PlanningPage,
  Endings: shapes.Endings,
  ProofRequest: shapes.ProofRequest,
  Proofs: shapes.Proofs,
  Proof,
  ModelSummary: shapes.ModelSummary,
  ModelPage: shapes.ModelPage,
  ScenarioPage: shapes.ScenarioPage,
  Job: shapes.Job,
  JobEvent: shapes.JobEvent,
  RunRequest: shapes.RunRequest,
  RunUp: shapes.RunUp,
  RunStatus: shapes.RunStatus,
  RunPage: shapes.RunPage,
  RunDown: shapes.RunDown,
  Key: shapes.Key,
  KeyRequest: shapes.KeyRequest,
  NewKey: shapes.NewKey,
  KeyPage: shapes.KeyPage,
  Health: shapes.Health,
} as const satisfies Record<string, z.ZodType>;

type Json = Record<string, unknown>;

/** The service as an OpenAPI 3.1 document, drawn from the endpoints and their schemas. */
export function openApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [operationId, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [endpoint.method.toLowerCase()]: operation(operationId, endpoint),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Statewright',
      version,
      description: 'Plans the data state each ending of a route needs, sets it up, takes it down.',
    },
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { uri, io: 'input', unrepresentable: 'any' });
  const { __shared: shared, ...named } = schemas as Record<string, Json & { $defs?: Json }>;
  // What several schemas share is a component like any other.
  const all = JSON.stringify({ ...named, ...shared?.$defs });
  const components: Record<string, Json> = JSON.parse(
    all.replaceAll('"#/components/schemas/__shared#/$defs/', '"#/components/schemas/'),
  );
  return Object.fromEntries(
    Object.entries(components).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  );
}

function operation(operationId: string, endpoint: Endpoint): Json {
  const { summary, scope, query, headers = {}, body, answers, path } = endpoint;
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => parameter('path', name ?? '', STRING)),
    ...Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
      ...parameter('query', name, schemaOf(schema as z.ZodType)),
      required: !(schema as z.ZodType).safeParse(undefined).success,
    })),
    ...Object.entries(headers).map(([name, description]) => ({
      ...parameter('header', name, STRING),
      description,
      required: name === 'Statewright-Handle',
    })),
  ];
  return {
    operationId,
    summary,
    ...(scope === null ? {} : { security: [{ key: scope === 'any' ? [] : [scope] }] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: requestContent(body) } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, response(answer)]),
      ),
      default: {
        description: 'A problem (RFC 9457); its `code` is permanent.',
        content: { 'application/problem+json': { schema: refTo('Problem') } },
      },
    },
  };
}

const STRING = { type: 'string' };

function parameter(where: string, name: string, schema: Json): Json {
  return { in: where, name, required: where === 'path', schema };
}

function requestContent(body: z.ZodType): Json {
  const json = { 'application/json': { schema: schemaOf(body) } };
  if (body !== shapes.PlanRequest) return json;
  const archive = { schema: { type: 'string', format: 'binary' } };
  return { ...json, 'application/gzip': archive, 'application/x-tar': archive };
}

function response(answer: z.ZodType | string | null): Json {
  if (answer === null) return { description: 'What you have still holds.' };
  if (typeof answer === 'string') {
    return { description: 'As text.', content: { [answer]: { schema: STRING } } };
  }
  return { description: 'Done.', content: { 'application/json': { schema: schemaOf(answer) } } };
}

function refTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** By name where it has one. */
export function schemaName(schema: z.ZodType): string | null {
  return Object.entries(NAMED).find(([, named]) => named === schema)?.[0] ?? null;
}

function schemaOf(schema: z.ZodType): Json {
  const name = schemaName(schema);
  if (name !== null) return refTo(name);
  const { $schema: _, ...inline } = z.toJSONSchema(schema, { io: 'input' });
  return inline;
}
