/**
 * What may say which fields are wanted: a JSON Schema, or a schema of a library that follows Standard Schema (https://standardschema.dev) and can tell
 * its JSON Schema, as zod's do.
 */
export type WantedSchema = StandardSchema | JsonSchema;

/** A JSON Schema, draft 2020-12, whose root is an object. */
export type JsonSchema = { readonly type?: 'object' | readonly string[] | string; readonly properties?: object };

export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>>;
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
    };
  };
}

type Validated<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** What a schema describes. */
export type Wanted<Schema> = Schema extends StandardSchema<infer Output> ? Output : FromJsonSchema<Schema>;

/** The type of a JSON Schema that is written out in TypeScript; `unknown` where it is known at run time only. */
export type FromJsonSchema<Schema> = Schema extends { readonly const: infer Value }
  ? Value
  : Schema extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Schema extends { readonly type: readonly (infer Type)[] }
      ? OfType<Type, Schema>
      : Schema extends { readonly type: infer Type }
        ? OfType<Type, Schema>
        : Schema extends { readonly properties: infer Properties }
          ? OfProperties<Properties, Schema>
          : unknown;

type OfType<Type, Schema> = Type extends 'string'
  ? string
  : Type extends 'number' | 'integer'
    ? number
    : Type extends 'boolean'
      ? boolean
      : Type extends 'null'
        ? null
        : Type extends 'array'
          ? Schema extends { readonly items: infer Items }
            ? FromJsonSchema<Items>[]
            : unknown[]
          : Type extends 'object'
            ? Schema extends { readonly properties: infer Properties }
              ? OfProperties<Properties, Schema>
              : unknown
            : unknown;

type RequiredIn<Schema> = Schema extends { readonly required: readonly (infer Name)[] } ? Name : never;
type Flat<Type> = { [Name in keyof Type]: Type[Name] };
type OfProperties<Properties, Schema> = Flat<
  { [Name in keyof Properties as Name extends RequiredIn<Schema> ? Name : never]: FromJsonSchema<Properties[Name]> } & {
    [Name in keyof Properties as Name extends RequiredIn<Schema> ? never : Name]?: FromJsonSchema<
      Properties[Name]
    > | null;
  }
>;
