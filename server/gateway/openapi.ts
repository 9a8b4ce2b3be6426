/** The OpenAPI 3.1 description, made from shared/api.ts. docs/openapi.json is a checked copy of it. */
import { z } from 'zod';
import { API, type Endpoint } from '../../shared/api.ts';
import { errorBodySchema } from '../../shared/error.ts';

const json = (schema: z.ZodType, io: 'input' | 'output' = 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', reused: 'inline', io });
  return { 'application/json': { schema: rest } };
};

export function openApi(): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Floorcast',
      version: 'v1',
      description: 'Live numbers of a contact centre. Fields may be added within v1; none is renamed or removed.',
    },
    security: [{}, { adminToken: [] }],
    paths: paths(),
    components: {
      securitySchemes: { adminToken: { type: 'http', scheme: 'bearer', description: 'FLOORCAST_ADMIN_TOKEN' } },
      responses: { Error: { description: 'What went wrong and what to do.', content: json(errorBodySchema) } },
    },
  };
}

function paths(): Record<string, Record<string, unknown>> {
  const byPath: Record<string, Record<string, unknown>> = {};
  for (const [name, contract] of Object.entries(API)) {
    byPath[contract.path] = { ...byPath[contract.path], [contract.method]: operation(name, contract) };
  }
  return byPath;
}

function operation(name: string, contract: Endpoint) {
  const body = { description: contract.summary, content: json(contract.response) };
  return {
    operationId: name,
    summary: contract.summary,
    parameters: [...parametersOf(contract.params, 'path'), ...parametersOf(contract.query, 'query')],
    ...(contract.body && { requestBody: { required: true, content: json(contract.body, 'input') } }),
    ...(contract.method !== 'get' && { security: [{ adminToken: [] }] }),
    responses: {
      200: body,
      ...(contract.alsoStatus && { [contract.alsoStatus]: body }),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Record<string, unknown>[] {
  if (schema === undefined) return [];
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: property,
  }));
}
