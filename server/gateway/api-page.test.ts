/** docs/api.md: its examples are of the shape that the contracts give, and every path is on it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { API } from '../../shared/api.ts';
import { DOUBTS } from '../../shared/api-integrity.ts';
import { errorBodySchema } from '../../shared/error.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

type Json = Record<string, unknown> | unknown[] | string | number | boolean | null;
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Examples are shortened: fields may be missing, but none may be there that the contract does not have. */
function strangeFields(value: Json, schema: Schema, at = ''): string[] {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) {
    const found = options.map((option) => strangeFields(value, option, at));
    return found.find(({ length }) => length === 0) ?? found[0] ?? [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => strangeFields(item as Json, schema.items ?? {}, `${at}[]`));
  if (typeof value !== 'object' || value === null)
    return typesOf(value).some((type) => [schema.type].flat().includes(type)) ? [] : [at];
  return Object.entries(value).flatMap(([name, inner]) => {
    const property = schema.properties?.[name];
    return property ? strangeFields(inner as Json, property, `${at}.${name}`) : [`${at}.${name}`];
  });
}

function typesOf(value: string | number | boolean | null): string[] {
  if (value === null) return ['null'];
  return Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
}

const examples = Array.from(page.matchAll(/```json\n([\s\S]*?)```/g), ([, text = '']) => JSON.parse(text) as Json);
const schemas = [...Object.values(API).map(({ response }) => response), errorBodySchema].map(
  (schema) => z.toJSONSchema(schema as z.ZodType) as Schema,
);

test('[CF5] every example on docs/api.md fits a contract', () => {
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) {
    const fits = schemas.map((schema) => strangeFields(example, schema));
    expect(fits.toSorted((a, b) => a.length - b.length)[0]).toEqual([]);
  }
});

test('[CF5] every path and every reason of integrity is on docs/api.md', () => {
  // A path with several methods stands there once, with all of them.
  for (const { method, path } of Object.values(API))
    expect(page).toMatch(new RegExp(`${method.toUpperCase()}[^|]*${path.replaceAll(/[{}/.]/g, '\\$&')}\``));
  for (const code of Object.keys(DOUBTS)) expect(page).toContain(`\`${code}\``);
});
