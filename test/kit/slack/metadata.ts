import { anything, array, object, problemsOf, string } from './schema.ts';

const METADATA_BYTES = 16 * 1024;

/** A Work Object entity, as far as its shape is the same for every kind. */
const entity = object(
  {
    entity_type: string({ min: 1 }),
    entity_payload: object(
      {
        attributes: object(
          { title: object({ text: string({ min: 1 }) }, { edit: anything }) },
          attributeFields(),
        ),
      },
      {
        fields: anything,
        custom_fields: anything,
        slack_file: anything,
        display_order: anything,
        actions: anything,
      },
    ),
    external_ref: object({ id: string({ min: 1 }) }, { type: string() }),
    url: string({ min: 1 }),
  },
  { app_unfurl_url: string() },
);

function attributeFields() {
  const names = ['display_type', 'display_id', 'product_icon', 'product_name', 'locale', 'full_size_preview'];
  return Object.fromEntries([...names, 'metadata_last_modified'].map((name) => [name, anything]));
}

const event = object({ event_type: string({ min: 1, max: 255 }), event_payload: anything });
const withEntities = object(
  { entities: array(entity) },
  { event_type: string({ min: 1, max: 255 }), event_payload: anything },
);

function isFlat(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFlatObject(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isFlat);
}

function payloadFits(payload: Record<string, unknown>): boolean {
  return Object.values(payload).every(
    (value) => isFlat(value) || isFlatObject(value) || (Array.isArray(value) && value.every(isFlatObject)),
  );
}

/** Slack's error code for this message metadata (an event, Work Object entities, or both), or undefined. */
export function metadataError(metadata: unknown): string | undefined {
  if (!isObject(metadata)) return 'invalid_metadata_format';
  const check = metadata.entities === undefined ? event : withEntities;
  if (problemsOf(check, metadata, '/metadata').length > 0) return 'invalid_metadata_format';
  const { event_type, event_payload } = metadata;
  if (event_type !== undefined && !/^[A-Za-z0-9_.-]+$/.test(String(event_type)))
    return 'invalid_metadata_schema';
  if (event_payload !== undefined && !isObject(event_payload)) return 'invalid_metadata_format';
  if (event_payload !== undefined && !payloadFits(event_payload)) return 'invalid_metadata_schema';
  return JSON.stringify(metadata).length > METADATA_BYTES ? 'metadata_too_large' : undefined;
}
