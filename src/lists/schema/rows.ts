/**
 * The schemas as rows: for the commented files, the manual and the variables of hooks. Pure.
 */
import { z } from "zod";
import { bare, kinds, schemaAt, type Table } from "../../base/settings.ts";
import { listSchema } from "./list.ts";
import type { siteSchema } from "./site.ts";
import { notes } from "./words.ts";

/** A setting or section, as the manual tells it. */
export interface Row {
  readonly path: readonly string[];
  readonly about: string;
  /** A section has its own rows behind it; one that is optional changes much by being there. */
  readonly section?: "always" | "optional";
  /** Of sections that have any name: one of them, whose rows are behind it. */
  readonly example?: readonly [name: string, values: Table];
  /** What may stand there. */
  readonly allowed: string;
  /** What holds without it: a value as it is written, `undefined` where it must be given. */
  readonly fallback: unknown;
  /** The same in words, where there is no such value. */
  readonly without: string | undefined;
  readonly unit: "milliseconds" | "bytes" | undefined;
  readonly secret: boolean;
}

/** All settings of a schema in order; the sections of a section behind its own settings. */
export function rowsOf(
  schema: typeof siteSchema | typeof listSchema,
): readonly Row[] {
  return rows(schema, []);
}

function rows(schema: z.ZodObject, above: readonly string[]): Row[] {
  const found: Row[] = [];
  const sections: Row[] = [];
  for (const [key, wrapped] of Object.entries(schema.shape)) {
    const inner = bare(wrapped) as z.ZodType;
    const known = notes.get(wrapped as z.ZodType);
    const optional = wrapped instanceof z.ZodOptional;
    const isSection =
      inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
    const path = [...above, key];
    const row: Row = {
      path,
      about: known?.about ?? "",
      ...(isSection && { section: optional ? "optional" : "always" }),
      ...(known?.example && { example: known.example }),
      allowed: kinds.get(inner)?.allowed ?? "",
      fallback:
        wrapped instanceof z.ZodPrefault && known?.without === undefined
          ? wrapped.def.defaultValue
          : undefined,
      without: known?.without,
      unit: kinds.get(inner)?.unit,
      secret: known?.secret ?? false,
    };
    if (isSection) sections.push(row);
    else found.push(row);
    if (inner instanceof z.ZodObject && key !== "list")
      sections.push(...rows(inner, path), ...anyName(inner, path));
    const each = inner instanceof z.ZodRecord && bare(inner.valueType);
    if (each instanceof z.ZodObject && known?.example)
      sections.push(...rows(each, [...path, known.example[0]]));
  }
  return [...found, ...sections];
}

/** Sections of any name beside the settings of a section. */
function anyName(section: z.ZodObject, above: readonly string[]): Row[] {
  const each = section.def.catchall;
  const known = each && notes.get(each as z.ZodType);
  if (!(each instanceof z.ZodObject) || !known?.example) return [];
  const path = [...above, known.example[0]];
  return [
    {
      path,
      about: known.about,
      section: "optional",
      example: known.example,
      allowed: "",
      fallback: undefined,
      without: undefined,
      unit: undefined,
      secret: false,
    },
    ...rows(each, path),
  ];
}

/**
 * What a person typed for a setting, as the value that TOML would have: "20" is a number where a
 * number is wanted, "a@x.org b@x.org" an array where several are. Not checked.
 * @param key such as "digest.posts"
 */
export function fromText(key: string, typed: string): unknown {
  const schema = schemaAt(listSchema, key.split("."));
  const number = typed.trim() === "" ? Number.NaN : Number(typed);
  if (schema instanceof z.ZodArray)
    return typed.split(/[\s,]+/).filter((word) => word !== "");
  const open = schema instanceof z.ZodUnion;
  if (open || schema instanceof z.ZodBoolean)
    if (typed === "true" || typed === "false") return typed === "true";
  if (open || schema instanceof z.ZodNumber)
    if (Number.isFinite(number)) return number;
  return typed;
}
