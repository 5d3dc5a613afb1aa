import { z } from 'zod';
import { type ApiError, type ChatRequest, invalid, type JsonSchema } from './protocol.ts';

const KEYWORDS = new Set(
  `$schema $defs $ref type properties required additionalProperties items enum const anyOf description title
   pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems`.split(
    /\s+/,
  ),
);
const DEEPEST = 10;

const Message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.string().min(1),
});

/** The part of the API that a diagnostician may use; an argument the API does not know is an error, as it is there. */
const Body = z.strictObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('json_object') }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject({
          name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          description: z.string().optional(),
          strict: z.boolean().optional(),
          schema: z.record(z.string(), z.unknown()),
        }),
      }),
    ])
    .optional(),
  max_completion_tokens: z.int().positive().optional(),
  max_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  seed: z.int().optional(),
  stream: z.boolean().optional(),
  user: z.string().optional(),
});

/** Checks a body as the real API would: what it answers on failure is what a client would see there. */
export function validate(
  body: unknown,
): { readonly ok: true; readonly body: ChatRequest } | { readonly ok: false; readonly error: ApiError } {
  const parsed = Body.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.') ?? '';
    return {
      ok: false,
      error: invalid(`Invalid value at '${path}': ${issue?.message ?? 'unknown'}.`, path || null),
    };
  }
  const { response_format: format, max_tokens, max_completion_tokens, messages } = parsed.data;
  if (max_tokens !== undefined && max_completion_tokens !== undefined) {
    const message = 'Setting max_tokens and max_completion_tokens at the same time is not supported.';
    return { ok: false, error: invalid(message, 'max_tokens', 'invalid_parameter_combination') };
  }
  if (format?.type === 'json_object' && !messages.some(({ content }) => /json/i.test(content))) {
    const message = "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.";
    return { ok: false, error: invalid(message, 'messages') };
  }
  if (format?.type === 'json_schema' && format.json_schema.strict) {
    const fault = strictSchemaFault(format.json_schema.schema);
    if (fault !== null) {
      const message = `Invalid schema for response_format '${format.json_schema.name}': ${fault}`;
      return { ok: false, error: invalid(message, 'response_format') };
    }
  }
  return { ok: true, body: parsed.data as ChatRequest };
}

/** Why a schema is no legal strict schema, or null when it is one. */
export function strictSchemaFault(root: JsonSchema): string | null {
  if (root.type !== 'object') return 'schema must be a JSON Schema of \'type: "object"\'.';
  return faultAt(root, '(root)', 0);
}

function faultAt(schema: unknown, at: string, depth: number): string | null {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return `${at} is not a schema.`;
  if (depth > DEEPEST) return `${at} is nested more than ${DEEPEST} levels deep.`;
  const node = schema as JsonSchema;
  const unknown = Object.keys(node).find((key) => !KEYWORDS.has(key));
  if (unknown !== undefined) return `${at}: '${unknown}' is not permitted.`;
  if (!('type' in node || 'anyOf' in node || 'enum' in node || 'const' in node || '$ref' in node)) {
    return `${at} must have a 'type' key.`;
  }
  return objectFault(node, at) ?? firstFault(children(node, at), depth);
}

function objectFault(node: JsonSchema, at: string): string | null {
  if (node.type !== 'object') return null;
  if (node.additionalProperties !== false)
    return `${at}: 'additionalProperties' is required to be supplied and to be false.`;
  const keys = Object.keys((node.properties ?? {}) as object);
  const required = Array.isArray(node.required) ? node.required : [];
  const missing = keys.find((key) => !required.includes(key));
  if (missing !== undefined)
    return `${at}: 'required' is to include every key in properties. Missing '${missing}'.`;
  const extra = required.find((key) => !keys.includes(key));
  return extra === undefined ? null : `${at}: extra required key '${extra}' supplied.`;
}

function children(node: JsonSchema, at: string): (readonly [string, unknown])[] {
  const named = (group: unknown, name: string) =>
    Object.entries((group ?? {}) as object).map(([key, value]) => [`${at}.${name}.${key}`, value] as const);
  return [
    ...named(node.properties, 'properties'),
    ...named(node.$defs, '$defs'),
    ...named(node.anyOf, 'anyOf'),
    ...('items' in node ? [[`${at}.items`, node.items] as const] : []),
  ];
}

function firstFault(schemas: readonly (readonly [string, unknown])[], depth: number): string | null {
  for (const [at, schema] of schemas) {
    const fault = faultAt(schema, at, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}
