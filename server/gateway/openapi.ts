/** The OpenAPI 3.1 description, made from shared/api.ts. docs/openapi.json is a checked copy of it. */
import { z } from 'zod';
import { API, type Endpoint } from '../../shared/api.ts';
import { errorBodySchema } from '../../shared/error.ts';
import { SCREEN_RIGHTS } from '../../shared/policy.ts';

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
    paths: paths(),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, or FLOORCAST_ADMIN_TOKEN.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'floorcast',
          description: 'Set by POST /api/v1/session; over TLS it is named __Host-floorcast.',
        },
        screen: {
          type: 'apiKey',
          in: 'cookie',
          name: 'floorcast-screen',
          description: 'Of a TV, set when it was paired; over TLS it is named __Host-floorcast-screen.',
        },
      },
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
    security: securityOf(contract),
    'x-right': contract.right,
    parameters: [
      ...parameters(contract.params, 'path'),
      ...(contract.query ? parameters(contract.query, 'query') : []),
    ],
    ...(contract.body && { requestBody: { required: true, content: json(contract.body, 'input') } }),
    responses: {
      [contract.status ?? 200]: body,
      ...(contract.alsoStatus && { [contract.alsoStatus]: body }),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function securityOf({ right }: Endpoint): Record<string, readonly string[]>[] {
  if (right === 'anybody') return [{}];
  if (right === 'screen') return [{ screen: [] }];
  if (right === 'person') return [{ session: [] }];
  const ofScreens = SCREEN_RIGHTS.includes(right) ? [{ screen: [] }] : [];
  return [{ session: [] }, { token: [] }, ...ofScreens];
}

function parameters(schema: z.ZodType, place: 'path' | 'query') {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }));
}
